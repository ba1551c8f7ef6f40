// Puts an engine where it can be started. Every failure is a reason for "not run".
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * An engine that cannot be had here, or does not start. The message goes into docs/engines.md, so it
 * names no path and no host: of what tools say it takes their codes.
 */
export class NotRun extends Error {}

/** Installs packages of exact versions in a folder, unless they are there; gives its node_modules. */
export function installFromNpm(folder, packages) {
  const modules = join(folder, 'node_modules');
  if (Object.entries(packages).every((one) => isThere(modules, ...one))) return modules;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const { status, stderr } = spawnSync(
    'npm',
    [
      'install',
      '--no-package-lock',
      '--save-exact',
      '--loglevel=error',
      '--prefix',
      folder,
      ...wanted,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (status !== 0) {
    const code = /npm error code (\S+)/.exec(stderr)?.[1] ?? `exit code ${status}`;
    throw new NotRun(`npm cannot install ${wanted.join(' ')}: ${code}`);
  }
  return modules;
}

/** Whether a package of that version is installed. */
export function isThere(modules, name, version) {
  const file = join(modules, name, 'package.json');
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version;
}

/**
 * Installs Debian packages, when that was asked for, unless they are there; gives the version of the
 * first one.
 */
export function installFromDebian({ binary, debian }, { install }) {
  if (existsSync(binary) && debian.every(debianVersion)) return debianVersion(debian[0]);
  const names = debian.join(' ');
  if (!install) throw new NotRun(`Debian's ${names} is not installed (--install installs it)`);
  aptGet('update', '-qq');
  const { status, error } = aptGet('install', '-y', '-qq', ...debian);
  if (status !== 0) {
    throw new NotRun(`apt-get cannot install ${names}: ${error?.code ?? `exit code ${status}`}`);
  }
  if (!existsSync(binary)) throw new NotRun(`Debian's ${names} has no ${basename(binary)}`);
  return debianVersion(debian[0]);
}

function aptGet(...args) {
  return spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** The upstream part of an installed package's version: `2.50.6` of `2.50.6-1~deb12u2`. */
function debianVersion(name) {
  const { stdout } = spawnSync(
    'dpkg-query',
    ['-W', '-f', '${db:Status-Status} ${source:Upstream-Version}', name],
    { encoding: 'utf8' },
  );
  const [status, version] = (stdout ?? '').split(' ');
  return status === 'installed' ? version : undefined;
}

/** What a program says to `--version`, down to the number. */
export function versionOf(binary, args = ['--version']) {
  let text;
  try {
    text = execFileSync(binary, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw new NotRun(`it does not start: ${error.code ?? `exit code ${error.status}`}`);
  }
  return /\d+(?:[.-]\d+)+/.exec(text)?.[0] ?? firstLine(text);
}

function firstLine(text) {
  return text.trim().split('\n')[0] ?? '';
}
