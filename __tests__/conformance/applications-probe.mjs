// throughline: off file
// Runs in an examined application, before everything else (applications.mjs).
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@babel/core';
import { getLocal, register, setLocal } from '../../runtime/dist/esm/index.js';

const expected = new AsyncLocalStorage();
const actual = register(undefined);
const counts = { seen: 0, right: 0, missing: 0, wrong: 0 };
let requests = 0;

subscribe('http.server.request.start', () => {
  const id = ++requests;
  expected.enterWith(id);
  setLocal(actual, id);
});
globalThis.__readContext = () => {
  const id = expected.getStore();
  if (id === undefined) return;
  counts.seen++;
  const found = getLocal(actual);
  counts[found === id ? 'right' : found === undefined ? 'missing' : 'wrong']++;
};
process.on('message', (message) => {
  if (message === 'counts') process.send(counts);
});
process.channel?.unref();

const own = `${process.cwd()}/`;
const isOwn = (url) =>
  url.startsWith('file:') &&
  /\.[cm]?js$/.test(url) &&
  fileURLToPath(url).startsWith(own) &&
  !url.includes('/node_modules/');

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!isOwn(url) || !loaded.source) return loaded;
    return { ...loaded, source: withReadings(String(loaded.source), fileURLToPath(url)) };
  },
});

/** Puts a reading at the head of every function. */
function withReadings(code, filename) {
  const plugin = ({ template, types }) => ({
    visitor: {
      Function({ node }) {
        const read = template.statement.ast('globalThis.__readContext();');
        if (node.body.type === 'BlockStatement') node.body.body.unshift(read);
        else {
          node.body = types.blockStatement([read, types.returnStatement(node.body)]);
          node.expression = false;
        }
      },
    },
  });
  return transformSync(code, {
    ...{
      filename,
      configFile: false,
      babelrc: false,
      sourceType: 'unambiguous',
      retainLines: true,
    },
    plugins: [plugin],
  }).code;
}
