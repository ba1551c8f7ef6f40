import { transformSync } from '@babel/core';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** Parser plugins by the end of a file's name: all files that are compiled. */
const syntaxes = {
  '.js': ['flow', 'jsx'],
  '.jsx': ['flow', 'jsx'],
  '.cjs': [],
  '.mjs': [],
  '.ts': ['typescript', 'decorators-legacy'],
  '.mts': ['typescript', 'decorators-legacy'],
  '.cts': ['typescript', 'decorators-legacy'],
  '.tsx': ['typescript', 'decorators-legacy', 'jsx'],
};

/**
 * Copies a project, sources, tests, dependencies and our runtime, and passes every file that is not a
 * dependency through Babel with the given plugins. Returns what could not be compiled.
 */
export function copyCompiled(from, to, { plugins, runtime, leave = [] }) {
  rmSync(to, { recursive: true, force: true });
  const isCopied = (path) => relative(from, path).split(sep)[0] !== '.git';
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: isCopied });
  const house = join(to, 'node_modules', '@throughline', 'runtime');
  mkdirSync(house, { recursive: true });
  for (const part of ['package.json', ...read(runtime).files]) {
    cpSync(join(runtime, part), join(house, part), { recursive: true });
  }

  const isModule = read(to).type === 'module';
  const refused = [];
  for (const path of sourceFiles(to)) {
    if (leave.some((pattern) => pattern.test(relative(to, path)))) continue;
    try {
      writeFileSync(path, compile(path, { plugins, isModule }));
    } catch (error) {
      refused.push({ file: relative(to, path), message: error.message.split('\n')[0] });
    }
  }
  return refused;
}

function read(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}

function sourceFiles(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourceFiles(path);
    const isSource = extname(path) in syntaxes && !/\.d\.[cm]?ts$/.test(path);
    return entry.isFile() && isSource ? [path] : [];
  });
}

function compile(path, { plugins, isModule }) {
  const extension = extname(path);
  const isScript = extension === '.cjs' || extension === '.cts';
  const isAlwaysModule = extension === '.mjs' || extension === '.mts' || (isModule && !isScript);
  return transformSync(readFileSync(path, 'utf8'), {
    ...{ filename: path, configFile: false, babelrc: false, compact: false, plugins },
    sourceType: isAlwaysModule ? 'module' : 'unambiguous',
    parserOpts: { plugins: syntaxes[extension], allowReturnOutsideFunction: !isAlwaysModule },
  }).code;
}
