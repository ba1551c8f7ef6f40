/** What adapters are told, as it stands in a configuration. */
export const choice = `{ include: ['kept'], exclude: ['./src/left.js'] }`;

const asks = `async function work() { await null; return globalThis.whose(); }`;

/** A program that asks two dependencies and a file of its own whom they work for, after an `await`. */
export const program = {
  'src/app.js': `
    import { getLocal, register, setLocal } from '@throughline/runtime';
    import { work as kept } from 'kept';
    import common from 'kept/common.cjs';
    import { work as plain } from 'plain';
    import { work as left } from './left.js';
    const user = register('nobody');
    globalThis.whose = () => getLocal(user);
    async function start(work) { setLocal(user, 'ada'); await null; return work(); }
    const names = { kept, common: common.work, plain, left };
    Promise.all(Object.values(names).map(start)).then((found) => {
      const rows = Object.keys(names).map((name, i) => [name, found[i]]);
      console.log(JSON.stringify(Object.fromEntries(rows)));
    });`,
  'src/left.js': `export ${asks}`,
  ...Object.fromEntries(
    ['kept', 'plain'].flatMap((name) => [
      [
        `node_modules/${name}/package.json`,
        `{ "name": "${name}", "version": "1.0.0", "type": "module", "main": "./index.js" }`,
      ],
      [`node_modules/${name}/index.js`, `export ${asks}`],
      [`node_modules/${name}/common.cjs`, `exports.work = work;\n${asks}`],
    ]),
  ),
};

/** What it prints when that choice was heeded. */
export const chosen = { kept: 'ada', common: 'ada', plain: 'nobody', left: 'nobody' };
