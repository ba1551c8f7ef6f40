// npm run bench -- size [--json]
//
// The gzip bytes of a real bundle before and after: the example of gRPC services with all that it
// imports, minified; every module of it instrumented, and the runtime inside.
import { transformSync } from '@babel/core';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const entry = fileURLToPath(new URL('../examples/math-chain/src/main.ts', import.meta.url));
const BUDGET = 1.25;

/** The bundle's gzip bytes, with every module instrumented or none. */
async function bytes(plugins) {
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    external: /^node:/,
    plugins: [{ name: 'babel', transform: { filter: { id: /\.[cm]?[jt]s$/ }, handler } }],
    logLevel: 'silent',
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

export async function size({ json }) {
  const before = await bytes([]);
  const [plain, sites] = [
    await bytes([['@throughline/babel-plugin', { sites: false }]]),
    await bytes(['@throughline/babel-plugin']),
  ];
  const rows = [
    { case: 'nothing', bytes: before },
    { case: 'throughline, sites: false', bytes: plain },
    { case: 'throughline', bytes: sites },
  ];
  if (!json) console.log('\nsize: what does a bundle weigh? (gzip, minified)');
  for (const row of rows) {
    const ratio = Number((row.bytes / before).toFixed(3));
    if (json) console.log(JSON.stringify({ bench: 'size', ...row, ratio }));
    else {
      const verdict =
        row.case === 'nothing' ? '' : ratio <= BUDGET ? `  within ${BUDGET}x` : `  OVER ${BUDGET}x`;
      console.log(
        `  ${row.case.padEnd(26)} ${String(row.bytes).padStart(8)} bytes  ${ratio.toFixed(2)}x${verdict}`,
      );
    }
  }
}
