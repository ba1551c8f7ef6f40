// One Babel run over this repository's own sources and tests: TypeScript taken away, and a plugin or none.
import { transformSync } from '@babel/core';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['babel-plugin/src', 'collector/src', 'collector/page', 'runtime/src', '__tests__'];

const sources = folders.flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true })
    .filter((name) => /(?<!\.d)\.tsx?$/.test(name) && !name.includes('node_modules'))
    .sort()
    .map((name) => `${root}${folder}/${name}`)
    // The name is of no package: the plugin would leave the runtime alone.
    .map((file) => ({ file: file.replace(root, '/app/'), code: readFileSync(file, 'utf8') })),
);

/** Compiles as many lines as asked, whole files at a time. */
export function compiler(plugins) {
  return (lines) => {
    for (let done = 0; done < lines;) {
      for (const { file, code } of sources) {
        transformSync(code, {
          ...{ configFile: false, babelrc: false, cwd: root, filename: file, plugins },
          presets: ['@babel/preset-typescript'],
          parserOpts: { plugins: file.endsWith('x') ? ['jsx'] : [] },
          compact: false,
        });
        done += code.split('\n').length;
        if (done >= lines) break;
      }
    }
  };
}
