// throughline: off file
// Runs in an examined application, before everything else (applications.mjs).
import { AsyncLocalStorage } from 'node:async_hooks';
import { Server } from 'node:http';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@babel/core';
import { AsyncContext } from '../../runtime/dist/esm/faces/async-context.js';
import { getLocal, register, setLocal } from '../../runtime/dist/esm/index.js';

const expected = new AsyncLocalStorage();
const actual = register(undefined);
const counts = { seen: 0, right: 0, missing: 0, wrong: 0 };
let requests = 0;
/** What a request starts from, so that what one sets is not seen by the next on its connection. */
const root = new AsyncContext.Snapshot();

// Each request has its own context before the application sees it, whether the bridge is open or not.
const { emit } = Server.prototype;
Server.prototype.emit = function (event, ...args) {
  const call = () => Reflect.apply(emit, this, [event, ...args]);
  if (event !== 'request') return call();
  const id = ++requests;
  return expected.run(id, () =>
    root.run(() => {
      setLocal(actual, id);
      return call();
    }),
  );
};
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
  // The application need not have our packages.
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith('@throughline/runtime');
    return next(specifier, isOurs ? { ...context, parentURL: import.meta.url } : context);
  },
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
