// Another commit of this repository, built beside it, for `--compare`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { here } from './compile.mjs';

/** The workspaces that a benchmark's program needs. */
const PACKAGES = ['runtime', 'babel-plugin'];

/** Checks a revision out and builds it, once. Returns its folder. It uses the installed dependencies of this one. */
export function checkout(revision) {
  const git = (...args) => execFileSync('git', args, { cwd: here, encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--verify', `${revision}^{commit}`);
  const folder = join(here, '.cache', 'compare', commit.slice(0, 12));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: here, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', unfinished], { input: archive });
  linkDependencies(unfinished);
  for (const name of PACKAGES) {
    execFileSync(
      process.execPath,
      [join(unfinished, 'scripts', 'build-package.mjs'), name, '--no-types'],
      { cwd: unfinished, stdio: ['ignore', 'ignore', 'inherit'] },
    );
  }
  renameSync(unfinished, folder);
  return folder;
}

/** Links everything installed here, but for our own packages, which are the checkout's. */
function linkDependencies(folder) {
  const [from, to] = [here, folder].map((root) => join(root, 'node_modules'));
  mkdirSync(join(to, '@throughline'), { recursive: true });
  for (const name of readdirSync(from)) {
    if (name !== '@throughline') symlinkSync(join(from, name), join(to, name));
  }
  for (const name of PACKAGES) {
    symlinkSync(join('..', '..', name), join(to, '@throughline', name));
    const nested = join(here, name, 'node_modules');
    if (existsSync(nested)) symlinkSync(nested, join(folder, name, 'node_modules'));
  }
}
