// node --import @throughline/babel-plugin/register app.js
//
// Instruments a program and its dependencies while Node loads them: CommonJS and ES modules, JavaScript and
// TypeScript. The options are in the field "throughline" of the nearest package.json.
import * as nodeModule from 'node:module';
import { compileAhead } from './adapters/compile-ahead.js';
import { keepEngineCode } from './adapters/engine-cache.js';
import { nodeFiles } from './adapters/node-files.js';
import { findsRuntime, patchRequire } from './adapters/require-runtime.js';
import { hookImport, hookRequire } from './adapters/old-node.js';
import { loadsAll, loadsModules, registerHooks } from './adapters/sync-hooks.js';

const files = nodeFiles();
keepEngineCode(files.engineFolder);
// Stack traces show the lines of the original source.
if (files.sourceMaps) process.setSourceMapsEnabled(true);
// Asked before `require` can find it everywhere.
const isFound = findsRuntime(files.root);
patchRequire(files.root);
const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);
const isNew = major >= 24 && 'registerHooks' in nodeModule;
compileAhead(files, isNew ? undefined : 'commonjs');
if (isNew) registerHooks(files, loadsAll(files), isFound);
else {
  hookRequire(files);
  if (hasHooksForModules()) registerHooks(files, loadsModules(files), isFound);
  else hookImport();
}

/**
 * Returns true if `module.registerHooks` can be used for modules. Before 22.22.3, CommonJS that is imported always has its source from such a hook, and
 * then cannot require a module (ERR_VM_MODULE_LINK_FAILURE).
 */
function hasHooksForModules(): boolean {
  return major === 22 && (minor > 22 || (minor === 22 && patch >= 3));
}
