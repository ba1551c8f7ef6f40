// node --import @throughline/babel-plugin/register app.js
//
// Instruments a program while Node loads it, CommonJS and modules, with types or without.
import * as nodeModule from 'node:module';
import { nodeFiles } from './adapters/node-files.js';
import { letRequireSeeRuntime } from './adapters/require-runtime.js';
import { registerHooks } from './adapters/sync-hooks.js';
import { registerOnOldNode } from './adapters/old-node.js';

const files = nodeFiles();
// Stack traces name the lines that were written.
process.setSourceMapsEnabled(true);
letRequireSeeRuntime(files.root);
if ('registerHooks' in nodeModule) registerHooks(files);
else registerOnOldNode(files);
