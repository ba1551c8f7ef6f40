import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ran, root } from '../harness/child';

/**
 * Bundles a program for a page, with our plugin and `auto`, as a user would. `folder` gets the program's file, and may have packages, of which
 * `include` names those to instrument as well.
 */
export async function bundlePage(
  folder: string,
  program: string,
  include: readonly string[] = [],
): Promise<string> {
  writeFileSync(join(folder, 'page.js'), program);
  const build = `
    import { rolldown } from 'rolldown';
    import throughline from '@throughline/babel-plugin/rolldown';
    const page = ${JSON.stringify(join(folder, 'page.js'))};
    const bundle = await rolldown({
      input: page,
      platform: 'browser',
      // The folder need not have our packages.
      plugins: [throughline({ auto: true, include: ${JSON.stringify(include)} }), {
        name: 'beside',
        resolveId: (id, importer) =>
          id.startsWith('@throughline/') && importer.includes(page)
            ? { id: ${JSON.stringify(join(root, 'runtime/dist/esm'))} + '/' + {
                '@throughline/runtime/auto': 'pages/auto.js',
                '@throughline/runtime/xtrace': 'xtrace/page.js',
                '@throughline/runtime/compiled': 'compiled.js',
                '@throughline/runtime/compiled-with-causes': 'compiled-with-causes.js',
              }[id] }
            : undefined,
      }],
    });
    const { output } = await bundle.generate({ format: 'esm' });
    console.log(output[0].code);
  `;
  const { stdout, stderr } = await ran(['--input-type=module', '-e', build]);
  if (stderr !== '') throw new Error(`the page's bundle: ${stderr}`);
  return stdout;
}
