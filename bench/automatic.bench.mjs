import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { here } from './compile.mjs';
import { service } from './measure.mjs';
import { peersFor } from './peers.mjs';
import { tracers } from './tracers.mjs';

const production = { NODE_ENV: 'production' };

/** How each tool is switched on from outside. */
const ways = {
  nothing: { flags: [] },
  throughline: { env: { THROUGHLINE_COLLECTOR: '$sink' } },
  ...tracers,
};

/** What `throughline run` adds, from a checkout. */
function flagsFrom(root) {
  const { resolve } = createRequire(join(root, 'bench', 'run.mjs'));
  return ['@throughline/babel-plugin/register', '@throughline/runtime/auto'].flatMap((name) => [
    '--import',
    pathToFileURL(resolve(name)).href,
  ]);
}

export default [
  {
    name: 'run',
    question: 'a service of Express that asks three others, traced without a changed line',
    unit: 'request',
    goal: { throughline: 1.35 },
    cases: Object.entries(ways).map(([title, way]) => ({
      title,
      ours: title === 'throughline',
      measure: (node, root = here) => {
        const folder = peersFor(node, root);
        const file = join(folder, 'service.js');
        copyFileSync(join(root, 'bench', 'services', 'express.js'), file);
        return service('http', () => file, title === 'nothing' ? 'silence' : 'events', production, {
          flags: flagsFrom(root),
          ...way,
        })(node, root);
      },
    })),
  },
];
