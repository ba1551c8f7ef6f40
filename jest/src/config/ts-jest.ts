import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The first target whose output has async functions and async generators as they are written. */
const TARGET = 'ES2018';

/** The part of TypeScript that is used here. */
interface TypeScript {
  readonly sys: {
    fileExists(path: string): boolean;
    readFile(path: string): string | undefined;
  };
  readonly ScriptTarget: Readonly<Record<string, number>>;
  findConfigFile(folder: string, exists: (path: string) => boolean): string | undefined;
  readConfigFile(
    path: string,
    read: (path: string) => string | undefined,
  ): { config?: object; error?: object };
  parseJsonConfigFileContent(
    config: object,
    host: object,
    folder: string,
    options: object,
    path: string,
  ): { readonly options: CompilerOptions };
  getEffectiveTypeRoots(options: CompilerOptions, host: object): readonly string[] | undefined;
}

interface CompilerOptions {
  readonly target?: number;
  readonly lib?: readonly string[];
  readonly typeRoots?: readonly string[];
}

/**
 * Returns options of ts-jest with which async functions stay as they are written, so that reports know their lines.
 * Without a target, ts-jest compiles to ES2015, where they are generators. Types are checked against the same
 * libraries as before.
 */
export function withAsyncFunctions(
  given: Readonly<Record<string, unknown>>,
  rootDir: string,
): object {
  const ts = typescriptIn(rootDir);
  if (ts === undefined) return given;
  const { tsconfig } = given;
  if (typeof tsconfig === 'object' && tsconfig !== null) {
    const { target, lib } = tsconfig as { target?: string; lib?: unknown };
    const number = target === undefined ? undefined : targetOf(ts, target);
    const added = { ...tsconfig, target: TARGET, lib: lib ?? librariesOf(ts, number) };
    return isLow(ts, number) ? { ...given, tsconfig: added } : given;
  }
  const path =
    typeof tsconfig === 'string'
      ? resolve(rootDir, tsconfig.replace('<rootDir>', rootDir))
      : ts.findConfigFile(rootDir, (file) => ts.sys.fileExists(file));
  const options = path === undefined ? {} : optionsIn(ts, path);
  if (options === undefined || !isLow(ts, options.target)) return given;
  return { ...given, tsconfig: extended(ts, path, options) };
}

function typescriptIn(rootDir: string): TypeScript | undefined {
  try {
    return createRequire(join(rootDir, 'package.json'))('typescript') as TypeScript;
  } catch {
    // ts-jest says that it is missing.
    return undefined;
  }
}

function optionsIn(ts: TypeScript, path: string): CompilerOptions | undefined {
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  if (config === undefined) return undefined;
  return ts.parseJsonConfigFileContent(config, ts.sys, resolve(path, '..'), {}, path).options;
}

function targetOf({ ScriptTarget }: TypeScript, name: string): number | undefined {
  const found = Object.keys(ScriptTarget).find((one) => one.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : ScriptTarget[found];
}

function isLow(ts: TypeScript, target: number | undefined): boolean {
  return target === undefined || target < ts.ScriptTarget[TARGET]!;
}

/** Returns the libraries that TypeScript includes by default for a target (ts-jest's own default is ES2015). */
function librariesOf({ ScriptTarget }: TypeScript, target: number | undefined): string[] {
  const name = Object.keys(ScriptTarget).find((one) => ScriptTarget[one] === target) ?? 'ES2015';
  const isOld = name === 'ES3' || name === 'ES5';
  return isOld ? ['es5', 'dom', 'scripthost'] : [name, 'dom', 'dom.iterable', 'scripthost'];
}

/** Writes a configuration that extends the project's, and returns its path. */
function extended(ts: TypeScript, path: string | undefined, options: CompilerOptions): string {
  const { target, lib, typeRoots = path && ts.getEffectiveTypeRoots(options, ts.sys) } = options;
  const text = JSON.stringify({
    ...(path !== undefined && { extends: path.replaceAll('\\', '/') }),
    compilerOptions: {
      target: TARGET,
      ...(lib === undefined && { lib: librariesOf(ts, target) }),
      // By default they are looked for above the file, which is elsewhere.
      ...(typeRoots && { typeRoots }),
    },
  });
  const folder = join(tmpdir(), 'throughline-tsconfig');
  const name = createHash('sha1').update(text).digest('hex').slice(0, 16);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), text);
  return join(folder, `${name}.json`);
}
