import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configUnreadable, invalidOption } from '../errors.js';
import type { AdapterOptions } from './files.js';

/**
 * Reads the options of `register` and the commands: the field `throughline` of the nearest package.json. Throws
 * `TL_CONFIG_UNREADABLE` for a file that is not JSON, and `TL_OPTION_INVALID` for a field that is not an object.
 */
export function readPackageOptions(folder: string): { options: AdapterOptions; root: string } {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json');
    const text = readIfThere(file);
    if (text !== undefined) return { options: optionsIn(text, file), root: at };
    if (dirname(at) === at) return { options: {}, root: folder };
  }
}

function optionsIn(text: string, file: string): AdapterOptions {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw configUnreadable(file, (error as Error).message);
  }
  const { throughline = {} } = Object(manifest) as { throughline?: unknown };
  if (typeof throughline !== 'object' || throughline === null || Array.isArray(throughline)) {
    throw invalidOption('throughline', 'an object of options', throughline);
  }
  return throughline;
}

/** Returns the text of a file; undefined if it cannot be read. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
