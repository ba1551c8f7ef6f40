import type { UnpluginOptions } from 'unplugin';

/** What is imported before the program. */
const AUTO = '@throughline/runtime/auto';
const PREFIX = '\0throughline-auto:';

/** The part of webpack's and Rspack's compilers that is used here. */
interface Compiler {
  readonly context: string;
  readonly webpack: {
    readonly EntryPlugin: new (
      context: string,
      request: string,
      options: { name: undefined },
    ) => { apply(compiler: unknown): void };
  };
}

/** The part of Rollup's plugin context that is used here. */
interface Context {
  resolve(
    source: string,
    importer: string | undefined,
    options: object,
  ): Promise<{ id: string; external?: unknown } | null>;
  load(module: { id: string }): Promise<{ exports?: readonly string[] | null }>;
}

/** Makes every entry of a bundle import `@throughline/runtime/auto` first, in the way of each bundler. */
export const autoEntry: UnpluginOptions = {
  name: 'throughline-auto',
  enforce: 'pre',
  // Without a name, it is part of every entry, and comes first.
  webpack: (compiler) => addEntry(compiler as unknown as Compiler),
  rspack: (compiler) => addEntry(compiler as unknown as Compiler),
  esbuild: { config: (options) => void (options.inject = [AUTO, ...(options.inject ?? [])]) },
  rollup: { resolveId, load },
  rolldown: { resolveId, load },
  vite: {
    // The entry of a page is HTML, which imports nothing. Builds of libraries and servers have entries as in Rollup.
    transformIndexHtml: {
      order: 'pre',
      handler: () => [
        {
          ...{ tag: 'script', attrs: { type: 'module' }, injectTo: 'head-prepend' },
          children: `import '${AUTO}';`,
        },
      ],
    },
    resolveId,
    load,
  } as NonNullable<UnpluginOptions['vite']>,
};

function addEntry(compiler: Compiler): void {
  const { EntryPlugin } = compiler.webpack;
  new EntryPlugin(compiler.context, AUTO, { name: undefined }).apply(compiler);
}

/** Puts a module before an entry, which imports ours and exports what the entry does (Rollup, "A simple example" of `load`). */
async function resolveId(
  this: unknown,
  source: string,
  importer: string | undefined,
  options: { isEntry?: boolean },
): Promise<string | undefined> {
  if (!options.isEntry || source.startsWith(PREFIX) || /\.html?$/.test(source)) return undefined;
  const resolved = await (this as Context).resolve(source, importer, {
    ...options,
    skipSelf: true,
  });
  if (resolved === null || resolved.external) return undefined;
  // Other plugins ask as well, and get our answer.
  return resolved.id.startsWith(PREFIX) ? resolved.id : PREFIX + resolved.id;
}

async function load(this: unknown, id: string): Promise<string | undefined> {
  if (!id.startsWith(PREFIX)) return undefined;
  const entry = id.slice(PREFIX.length);
  const { exports } = await (this as Context).load({ id: entry });
  const quoted = JSON.stringify(entry);
  const hasDefault = exports?.includes('default') === true;
  return [
    `import '${AUTO}';`,
    `export * from ${quoted};`,
    ...(hasDefault ? [`export { default } from ${quoted};`] : []),
  ].join('\n');
}
