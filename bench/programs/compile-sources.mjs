// One Babel run over TypeScript as people write it: the types taken away, and a plugin or none.
import { transformSync } from '@babel/core';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

const corpora = {
  /** This repository's packages, and the sources of a service library that it depends on. */
  sources: [
    ...['babel-plugin/src', 'collector/src', 'collector/page', 'jest/src', 'runtime/src'],
    'node_modules/@grpc/grpc-js/src',
  ],
  /** This repository's tests: hardly a line without a spawn point. */
  tests: ['__tests__'],
};

function sourcesOf(corpus) {
  return corpora[corpus].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true })
      .filter((name) => /(?<!\.d)\.tsx?$/.test(name) && !name.includes('node_modules'))
      .sort()
      .map((name) => `${folder}/${name}`)
      // The name is of no package: the plugin would leave the runtime alone.
      .map((file) => ({
        file: `/app/${file.replace('node_modules/', '')}`,
        code: readFileSync(`${root}${file}`, 'utf8'),
      })),
  );
}

/** Compiles as many lines as asked, whole files at a time. */
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
