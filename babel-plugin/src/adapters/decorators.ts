import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getTsconfig } from 'get-tsconfig';
import type { TsConfigJson } from 'get-tsconfig';
import { decoratorsNeedCompiler } from '../errors.js';

/** JavaScript that a compiler has made of a TypeScript file, decorators included. */
export interface Lowered {
  readonly code: string;
  readonly map: object;
}

/** The options of TypeScript that decide what a decorator is. */
interface Settings {
  /** Decorators of TypeScript's own, in place of those of the language. */
  readonly experimentalDecorators: boolean;
  readonly emitDecoratorMetadata: boolean;
  readonly useDefineForClassFields: boolean;
}

type Compile = (code: string, file: string, settings: Settings) => Lowered;

/** A compiler that the program has installed. */
interface Compiler {
  readonly name: string;
  readonly version: string;
  load(): Compile;
}

/** Compiles TypeScript files that have decorators, with what the program itself compiles them by. */
export class Decorators {
  private found: Compiler | undefined;
  private compile: Compile | undefined;

  constructor(private readonly root: string) {}

  /** Returns everything that the result depends on besides the file. */
  context(file: string): string[] {
    const { name, version } = this.compiler(file);
    return [name, version, JSON.stringify(settingsFor(file))];
  }

  /** Throws `TL_DECORATORS_NEED_COMPILER` if the program has none. */
  lower(code: string, file: string): Lowered {
    this.compile ??= this.compiler(file).load();
    return this.compile(code, file, settingsFor(file));
  }

  private compiler(file: string): Compiler {
    this.found ??= compilers(this.root)[0];
    if (this.found === undefined) throw decoratorsNeedCompiler(file);
    return this.found;
  }
}

/** Returns true for text that may have decorators: a comment may only look like it. */
export function mayHaveDecorators(code: string): boolean {
  return /@[A-Za-z_$(]/.test(code.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, ''));
}

function settingsFor(file: string): Settings {
  const options: TsConfigJson.CompilerOptions =
    getTsconfig(file, 'tsconfig.json', tsconfigs)?.config.compilerOptions ?? {};
  const definesByTarget = /^es(?:next|20(?:2[2-9]|[3-9]\d))$/i.test(options.target ?? 'esnext');
  return {
    experimentalDecorators: options.experimentalDecorators ?? false,
    emitDecoratorMetadata: options.emitDecoratorMetadata ?? false,
    useDefineForClassFields: options.useDefineForClassFields ?? definesByTarget,
  };
}

const tsconfigs = new Map<string, never>();

/** Returns the compilers that the program has, best first. */
function compilers(root: string): Compiler[] {
  const require = createRequire(join(root, 'package.json'));
  return makers.flatMap(({ name, make, canRun }) => {
    try {
      const { version } = require(`${name}/package.json`) as { version: string };
      if (!canRun(version)) return [];
      return [{ name, version, load: () => make(require(name) as never) }];
    } catch {
      return [];
    }
  });
}

const makers: readonly {
  readonly name: string;
  /** TypeScript 4.6 is the first that leaves `async` functions and class fields; 7 cannot be called by other programs. */
  readonly canRun: (version: string) => boolean;
  readonly make: (module: never) => Compile;
}[] = [
  {
    name: 'typescript',
    canRun: (version) => Number.parseFloat(version) >= 4.6 && Number.parseInt(version, 10) < 7,
    make: byTypescript,
  },
  { name: '@swc/core', canRun: () => true, make: bySwc },
];

interface Typescript {
  readonly ModuleKind: { readonly ESNext: number; readonly Preserve?: number };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly JsxEmit: { readonly Preserve: number };
  transpileModule(
    code: string,
    options: { fileName: string; compilerOptions: object },
  ): { outputText: string; sourceMapText: string };
}

/** Leaves `async`, `import` and JSX to the tools that run after it. */
function byTypescript({ ModuleKind, ScriptTarget, JsxEmit, ...ts }: Typescript): Compile {
  const { transpileModule } = ts;
  return (code, fileName, settings) => {
    const compilerOptions = {
      ...settings,
      module: ModuleKind.Preserve ?? ModuleKind.ESNext,
      target: ScriptTarget.ES2022,
      jsx: JsxEmit.Preserve,
      sourceMap: true,
    };
    const made = transpileModule(code, { fileName, compilerOptions });
    const text = made.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    return { code: text, map: JSON.parse(made.sourceMapText) as object };
  };
}

interface Swc {
  transformSync(code: string, options: object): { code: string; map: string };
}

function bySwc({ transformSync }: Swc): Compile {
  return (code, filename, settings) => {
    const { experimentalDecorators: isLegacy, emitDecoratorMetadata, ...rest } = settings;
    const transform = {
      legacyDecorator: isLegacy,
      decoratorMetadata: emitDecoratorMetadata,
      ...(isLegacy ? {} : { decoratorVersion: '2022-03' }),
      useDefineForClassFields: rest.useDefineForClassFields,
    };
    const parser = { syntax: 'typescript', decorators: true, tsx: filename.endsWith('x') };
    const made = transformSync(code, {
      ...{ filename, swcrc: false, configFile: false, sourceMaps: true },
      jsc: { target: 'es2022', keepClassNames: true, parser, transform },
    });
    return { code: made.code, map: JSON.parse(made.map) as object };
  };
}
