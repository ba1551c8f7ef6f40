// node --import @throughline/babel-plugin/register app.js
//
// Instruments a program and its dependencies while Node loads them: CommonJS and ES modules, JavaScript and
// TypeScript. The options are in the field "throughline" of the nearest package.json.
import * as nodeModule from 'node:module';
import { compileAhead } from './adapters/compile-ahead.js';
import { nodeFiles } from './adapters/node-files.js';
import { findsRuntime, patchRequire } from './adapters/require-runtime.js';
import { registerHooks } from './adapters/sync-hooks.js';
import { registerOnOldNode } from './adapters/old-node.js';

const files = nodeFiles();
// Stack traces show the lines of the original source.
if (files.sourceMaps) process.setSourceMapsEnabled(true);
// Asked before `require` can find it everywhere.
const isFound = findsRuntime(files.root);
patchRequire(files.root);
const isNew = hasHooks();
compileAhead(files, isNew ? undefined : 'commonjs');
if (isNew) registerHooks(files, isFound);
else registerOnOldNode(files);

/**
 * Returns true if `module.registerHooks` can be used. On Node 22, CommonJS that is imported, and whose source comes from
 * such a hook, cannot require a module (ERR_VM_MODULE_LINK_FAILURE).
 */
function hasHooks(): boolean {
  return 'registerHooks' in nodeModule && Number.parseInt(process.versions.node, 10) >= 24;
}
