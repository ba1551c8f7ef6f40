// npm run release               versions the packages by .changeset/, checks them as users install them, publishes them
// npm run release -- --dry-run  checks them, and publishes nothing
//
// The check: packs every package, installs the packs and the demo's dependencies in an empty folder, builds the
// example there, and runs the demo with it.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['runtime', 'babel-plugin', 'ledger', 'jest', 'vitest', 'collector', 'cli'];
/** What the example is built with. */
const TOOLS = ['@babel/core', '@babel/preset-typescript', 'babel-loader', 'webpack', 'webpack-cli'];

if (!values['dry-run']) nameVersions();
run('node', ['scripts/build.mjs']);
checkPacks();
if (values['dry-run']) console.log('\nNothing was published.');
else publish();

/** Writes the new versions, and the repository, which provenance needs. */
function nameVersions() {
  run('npx', ['changeset', 'version']);
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  if (server && repository) {
    const url = `repository.url=git+${server}/${repository}.git`;
    for (const name of PACKAGES) {
      const fields = ['repository.type=git', url, `repository.directory=${name}`];
      run('npm', ['pkg', 'set', ...fields, '--workspace', name]);
    }
  }
  run('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']);
}

/** Commits the versions, so that the next release starts from them, then publishes and tags them. */
function publish() {
  const { version } = manifestOf(join(root, 'runtime'));
  run('git', ['commit', '--all', '--message', `release: ${version}`]);
  run('npx', ['changeset', 'publish']);
  run('git', ['push', '--follow-tags']);
}

function checkPacks() {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-release-'));
  try {
    const workspaces = PACKAGES.flatMap((name) => ['--workspace', name]);
    run('npm', ['pack', '--silent', '--pack-destination', folder, ...workspaces]);
    const packs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    console.log(`\nPacked ${packs.join(', ')}`);

    const example = join(root, 'examples', 'math-chain');
    for (const name of ['src', 'babel.config.cjs', 'webpack.config.cjs']) {
      cpSync(join(example, name), join(folder, name), { recursive: true });
    }
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    const { devDependencies } = manifestOf(root);
    const { dependencies } = manifestOf(example);
    const others = [
      ...TOOLS.map((name) => `${name}@${devDependencies[name]}`),
      ...Object.entries(dependencies)
        .filter(([name]) => !name.startsWith('@throughline/'))
        .map(([name, version]) => `${name}@${version}`),
    ];
    const install = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', [...install, ...packs.map((name) => `./${name}`), ...others], folder);
    run('npx', ['webpack', '--stats', 'errors-warnings'], folder);
    run('npx', ['throughline', '--version'], folder);
    run('node', ['scripts/demo.mjs', '--once', '--installed', folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function run(command, args, cwd = root) {
  const executable = command === 'node' ? process.execPath : command;
  execFileSync(executable, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
}
