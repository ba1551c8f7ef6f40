// Runs Babel over real TypeScript sources: strips the types, with or without a plugin.
import { transformSync } from '@babel/core';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

const corpora = {
  /** The sources of this repository's packages and of `@grpc/grpc-js`. */
  sources: [
    ...['babel-plugin/src', 'collector/src', 'collector/page', 'jest/src', 'runtime/src'],
    'node_modules/@grpc/grpc-js/src',
  ],
  /** This repository's tests: almost every line has a spawn point. */
  tests: ['__tests__'],
};

function sourcesOf(corpus) {
  return corpora[corpus].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true })
      .filter((name) => /(?<!\.d)\.tsx?$/.test(name) && !name.includes('node_modules'))
      .sort()
      .map((name) => `${folder}/${name}`)
      // A path outside any package: the plugin skips files of the runtime.
      .map((file) => ({
        file: `/app/${file.replace('node_modules/', '')}`,
        code: readFileSync(`${root}${file}`, 'utf8'),
      })),
  );
}

/** Returns a function that compiles whole files until it has compiled at least `lines` lines. */
export function compiler(plugins, corpus) {
  const sources = sourcesOf(corpus);
  return (lines) => {
    for (let done = 0; done < lines;) {
      for (const { file, code } of sources) {
        transformSync(code, {
          ...{ configFile: false, babelrc: false, cwd: root, filename: file, plugins },
          envName: 'production',
          presets: ['@babel/preset-typescript'],
          parserOpts: {
            plugins: ['decorators-legacy', ...(file.endsWith('x') ? ['jsx'] : [])],
          },
          compact: false,
        });
        done += code.split('\n').length;
        if (done >= lines) break;
      }
    }
  };
}
