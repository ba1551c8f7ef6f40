import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';

interface Loading extends NodeJS.Module {
  _compile(code: string, file: string): void;
}
declare const Bun: {
  readonly main: string;
  readonly Transpiler: new (options: { loader: string; target: 'bun' }) => {
    transformSync(code: string): string;
  };
};

const ran = new Map<string, Loading>();

/**
 * Runs a CommonJS file and returns its exports. Bun does not run CommonJS that a plugin loads: it wraps it in a
 * function that it never calls (oven-sh/bun#19279).
 */
export function runCommonjs(code: string, file: string, loader: string): object {
  const module = moduleOf(file);
  // A file that is both required and imported runs once.
  if (ran.get(file) !== module) {
    ran.set(file, module);
    const plain =
      loader === 'js' ? code : new Bun.Transpiler({ loader, target: 'bun' }).transformSync(code);
    module._compile(plain, file);
    module.loaded = true;
  }
  const exports: unknown = module.exports;
  const named = Object(exports) as { __esModule?: unknown; default?: unknown };
  return {
    ...named,
    default: named.__esModule ? named.default : exports,
    // Bun returns this from `require`.
    'module.exports': exports,
  };
}

/** Returns the module object, which Bun has already created if the file is required. */
function moduleOf(file: string): Loading {
  const { cache } = createRequire(file);
  const { _nodeModulePaths } = Module as unknown as { _nodeModulePaths(folder: string): string[] };
  const module = (cache[file] ??= Object.assign(new Module(file), {
    filename: file,
    paths: _nodeModulePaths(dirname(file)),
  }));
  if (file === Bun.main) {
    module.id = '.';
    process.mainModule = module;
  }
  return module as Loading;
}
