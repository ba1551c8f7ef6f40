import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import engines from '../engines/package.json';
import { withCollector } from './events';
import type { Events } from './events';
import { run } from './programs';

const root = join(__dirname, '..', '..');
/** What was installed once is kept between runs, by its content. */
const kept = join(tmpdir(), 'throughline-toolchains');
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** Says which of our packages a project has. */
const INSTALLED = '.throughline-packed';

/** A user's project: a folder in which our packages are installed as published, beside a tool. */
export class Project {
  /** `node` is what the tool runs on. */
  private constructor(
    readonly folder: string,
    readonly node: string,
  ) {}

  /**
   * Installs others' packages into an empty folder, unless that was done before, and ours beside
   * them, unless they are the same. A folder belongs to one test file.
   */
  static async with(
    asked: readonly string[],
    node = process.execPath,
    workspaces: readonly string[] = ['runtime', 'babel-plugin'],
  ): Promise<Project> {
    const packages = await wanted(asked);
    const ours = await packed(workspaces);
    const env = pathWith(node);
    const name = hashOf(expect.getState().testPath!, ...packages);
    const folder = await once(name, async (empty) => {
      writeFileSync(join(empty, 'package.json'), '{ "private": true }');
      await run('npm', [...INSTALL, ...ours, ...packages], { cwd: empty, env });
      writeFileSync(join(empty, 'node_modules', INSTALLED), ours.join('\n'));
    });
    const installed = join(folder, 'node_modules', INSTALLED);
    if (!existsSync(installed) || readFileSync(installed, 'utf8') !== ours.join('\n')) {
      rmSync(installed, { force: true });
      // What another build of the same version has compiled.
      rmSync(join(folder, 'node_modules', '.cache', 'throughline'), {
        recursive: true,
        force: true,
      });
      await run('npm', [...INSTALL, ...ours], { cwd: folder, env });
      writeFileSync(installed, ours.join('\n'));
    }
    return new Project(folder, node);
  }

  /** Makes the project consist of these files, by path, and of what is installed. */
  write(
    files: Readonly<Record<string, string>>,
    { type = 'module', throughline }: { type?: 'module' | 'commonjs'; throughline?: object } = {},
  ): this {
    for (const name of readdirSync(this.folder)) {
      if (name === 'node_modules' || name.startsWith('package')) continue;
      rmSync(join(this.folder, name), { recursive: true, force: true });
    }
    const manifest = join(this.folder, 'package.json');
    const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as object & {
      dependencies: object;
    };
    // To webpack, to say CommonJS is more than to say nothing.
    const said = type === 'module' ? { type } : {};
    writeFileSync(manifest, JSON.stringify({ private: true, ...said, dependencies, throughline }));
    // What `register` keeps is by version, and the versions of these tests are all the same.
    this.forget('node_modules/.cache');
    return this.add(files);
  }

  /** Adds or overwrites files. */
  add(files: Readonly<Record<string, string>>): this {
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return this;
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Removes a file or folder that a tool keeps. */
  forget(name: string): void {
    rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  /**
   * Has a dependency whose files are elsewhere, as monorepos have them: it does not see what is
   * installed here.
   */
  link(name: string, files: Readonly<Record<string, string>>): this {
    const folder = `${this.folder}-linked`;
    const place = join(this.folder, 'node_modules', name);
    for (const before of [folder, place]) rmSync(before, { recursive: true, force: true });
    mkdirSync(folder);
    symlinkSync(folder, place);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return this;
  }

  /** The names of a folder's files. */
  list(folder: string): string[] {
    return readdirSync(join(this.folder, folder)).sort();
  }

  /** Runs a program of the project, such as `node_modules/webpack/bin/webpack.js`. */
  run(...args: readonly string[]): Promise<string> {
    return this.runWith({}, ...args);
  }

  /** The same, with more variables of the environment. */
  runWith(env: Record<string, string>, ...args: readonly string[]): Promise<string> {
    // What is seen is what was instrumented, and not what comes over the bridge.
    const closed = { THROUGHLINE_BRIDGE: 'off' };
    return run(this.node, args, {
      cwd: this.folder,
      env: { ...pathWith(this.node), ...closed, ...env },
    });
  }

  /** Runs what was built and returns what it printed. */
  async seenBy(...args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.run(...args));
  }

  /** The same, and the events that it logged. */
  async outcomeOf(...args: readonly string[]): Promise<{ result: unknown; events: Events }> {
    return withCollector(async (env) => JSON.parse(await this.runWith(env, ...args)));
  }
}

/** A version of Node, by its major: the running one, one that is named, or one that is installed. */
export async function nodeOf(major: 20 | 22 | 24 | 26): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const named = process.env[`THROUGHLINE_NODE${major}`];
  if (named) return named;
  const known = (engines.dependencies as Record<string, string>)[`node${major}`];
  const version = known?.replace('npm:', '') ?? `node@${major}`;
  const folder = await once(version, async (empty) => {
    await run('npm', [...INSTALL, version], { cwd: empty });
  });
  return join(folder, 'node_modules', 'node', 'bin', 'node');
}

/** With `npm run test:newest`, the newest versions of packages in place of those that the tests name. */
async function wanted(packages: readonly string[]): Promise<readonly string[]> {
  if (!process.env['THROUGHLINE_NEWEST']) return packages;
  return Promise.all(packages.map(newest));
}

/** Returns a package such as `pg@8.23.1` with its newest version. One under another name is an older one on purpose. */
async function newest(asked: string): Promise<string> {
  if (asked.includes('@npm:')) return asked;
  const name = asked.slice(0, asked.lastIndexOf('@'));
  const version = await run('npm', ['view', name, 'version'], { cwd: tmpdir() });
  return `${name}@${version.trim()}`;
}

/** Our packages as they would be published. */
async function packed(workspaces: readonly string[]): Promise<string[]> {
  mkdirSync(kept, { recursive: true });
  const folder = mkdtempSync(join(kept, 'pack-'));
  const packages = workspaces.map((name) => join(root, name));
  await run('npm', ['pack', '--silent', '--pack-destination', folder, ...packages], { cwd: root });
  const files = readdirSync(folder).sort();
  // A place that is named for the content, so that an installed project still finds them.
  const place = join(
    kept,
    `packed-${hashOf(...files.map((file) => readFileSync(join(folder, file))))}`,
  );
  settle(folder, place);
  return files.map((file) => join(place, file));
}

/** Fills a folder of that name, unless it is there. */
async function once(name: string, fill: (empty: string) => Promise<void>): Promise<string> {
  const place = join(kept, name);
  if (existsSync(place)) return place;
  mkdirSync(kept, { recursive: true });
  const folder = mkdtempSync(join(kept, 'new-'));
  await fill(folder);
  settle(folder, place);
  return place;
}

/** Moves a folder to its place; when another process was faster, theirs is as good. */
function settle(folder: string, place: string): void {
  try {
    renameSync(folder, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(folder, { recursive: true, force: true });
  }
}

function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Tools start `node` by its name. */
function pathWith(node: string): Record<string, string> {
  return { PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}` };
}
