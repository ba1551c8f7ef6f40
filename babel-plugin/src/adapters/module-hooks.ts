// The hooks for `import` on a Node without `module.registerHooks`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeFiles } from './node-files.js';

interface Loaded {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
  shortCircuit?: boolean;
}
interface Resolved {
  url: string;
}

const files = nodeFiles();

export async function resolve(
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Promise<Resolved>,
): Promise<Resolved> {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!specifier.startsWith('@throughline/runtime')) throw error;
    const parentURL = pathToFileURL(join(files.root, 'package.json')).href;
    return next(specifier, { ...context, parentURL });
  }
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  const file = url.startsWith('file:') ? fileURLToPath(url) : undefined;
  if (file === undefined || !files.covers(file)) return next(url, context);
  const format = files.formatOf(file);
  if (files.isTyped(file)) {
    // What is required from here on is compiled where it is required.
    if (format === 'commonjs') return { format, source: null, shortCircuit: true };
    const source = files.transform(readFileSync(file, 'utf8'), file, format);
    return { format, source, shortCircuit: true };
  }
  const loaded = await next(url, context);
  if (loaded.format !== 'module' || !loaded.source) return loaded;
  const { source } = loaded;
  const code = typeof source === 'string' ? source : new TextDecoder().decode(source);
  return { format: 'module', source: files.transform(code, file, 'module'), shortCircuit: true };
}
