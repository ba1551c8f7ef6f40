// npm run bench -- size [--json]
//
// Measures the gzip bytes of minified bundles: pages that use one part of the runtime, and a real program (the
// math-chain example with all its imports) without Throughline and with every module instrumented.
import { transformSync } from '@babel/core';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const services = fileURLToPath(new URL('../examples/math-chain/src/main.ts', import.meta.url));
const program = (name) => fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));

/** The plugin, configured as for production. */
const plugin = (options) => [['@throughline/babel-plugin', { causes: false, ...options }]];

/** Pages, with what the whole bundle must not exceed and what it should get to, in bytes. */
const PAGES = [
  { title: 'page, AsyncContext', file: program('size-async-context'), budget: 4_720, goal: 3_500 },
  { title: 'page, X-Trace client', file: program('size-xtrace'), budget: 7_850, goal: 6_500 },
];
const REWRITTEN = 1.27;

/** Returns the size of each bundle and whether it is within its budget. */
export async function sizes() {
  const rows = [];
  for (const { title, file, budget, goal } of PAGES) {
    const bytes = await bundled(file, 'browser', plugin());
    rows.push({ title, bytes, limit: `${budget} bytes`, within: bytes <= budget, goal });
  }
  const before = await bundled(services, 'node', []);
  rows.push({ title: 'services, nothing', bytes: before, ratio: 1 });
  for (const [title, options] of [
    ['services, throughline, sites: false', { sites: false }],
    ['services, throughline', {}],
  ]) {
    const bytes = await bundled(services, 'node', plugin(options));
    const ratio = bytes / before;
    rows.push({ title, bytes, ratio, limit: `${REWRITTEN}x`, within: ratio <= REWRITTEN });
  }
  return rows;
}

/** Bundles `input` with `plugins` applied to every module, and returns the gzip size in bytes. */
async function bundled(input, platform, plugins) {
  const bundle = await rolldown({
    ...{ input, platform, external: /^node:/, logLevel: 'silent' },
    plugins: [{ name: 'babel', transform: { filter: { id: /\.[cm]?[jt]s$/ }, handler } }],
  });
  const { output } = await bundle.generate({ minify: true, codeSplitting: false });
  await bundle.close();
  return gzipSync(output[0].code, { level: 9 }).length;

  function handler(code, filename) {
    const result = transformSync(code, {
      ...{ configFile: false, babelrc: false, filename, plugins, compact: false },
      sourceType: 'unambiguous',
      presets: filename.endsWith('.ts') ? ['@babel/preset-typescript'] : [],
    });
    return { code: result.code };
  }
}

/** Prints the size benchmark. */
export async function size({ json }) {
  if (!json) console.log('\nsize: how large is a bundle? (minified, gzip)');
  const rows = await sizes();
  for (const { title, bytes, ratio, limit, within, goal } of rows) {
    if (json) {
      const rest = ratio === undefined ? {} : { ratio: Number(ratio.toFixed(3)) };
      console.log(JSON.stringify({ bench: 'size', case: title, bytes, ...rest }));
      continue;
    }
    const times = ratio === undefined ? '' : `  ${ratio.toFixed(2)}x`;
    const aim = goal ? `  goal ${goal} bytes ${bytes <= goal ? 'reached' : 'not reached'}` : '';
    const told = limit === undefined ? '' : `  ${within ? 'within' : 'OVER'} ${limit}${aim}`;
    console.log(`  ${title.padEnd(36)} ${String(bytes).padStart(8)} bytes${times}${told}`);
  }
  return { isOver: rows.some(({ within }) => within === false) };
}
