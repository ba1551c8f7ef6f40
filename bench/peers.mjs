// Installs what the bench compares with: a folder for each major version of Node, outside of the workspace's packages.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from './compile.mjs';

/** What the services are made of. */
const SERVICE = { '@grpc/grpc-js': '1.14.4', express: '5.3.0' };

/** The newest versions that a Node can run. */
export function tracerPackages(major) {
  return major < 22
    ? { '@opentelemetry/auto-instrumentations-node': '0.81.2', 'dd-trace': '5.132.0' }
    : { '@opentelemetry/auto-instrumentations-node': '0.82.0', 'dd-trace': '6.21.0' };
}

/** Returns a folder of a checkout in which the peers for a Node are installed. What is in it finds the packages of that checkout. */
export function peersFor(node, root = here) {
  const [major] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split(
    '.',
  );
  const dependencies = {
    ...SERVICE,
    ...tracerPackages(Number(major)),
  };
  const text = JSON.stringify({ private: true, type: 'module', dependencies });
  const folder = join(root, '.cache', 'bench', `peers-${major}`);
  mkdirSync(folder, { recursive: true });
  const installed = join(folder, 'installed.json');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== text) {
    writeFileSync(join(folder, 'package.json'), text);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    writeFileSync(installed, text);
  }
  return folder;
}
