import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { encodedMap, FlattenMap } from '@jridgewell/trace-mapping';

/** The comment that names the source map of a file: a path, or the map itself (Source Map, "Linking generated code to source maps"). */
const COMMENT = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm;

/**
 * Returns the source map of a file as one map, if it is an index map, which consists of one for each part of the file: Babel reads none
 * of these. Undefined for others.
 */
export function flatIndexMap(code: string, file: string): object | undefined {
  if (!code.includes('sourceMappingURL=')) return undefined;
  const [, url] = [...code.matchAll(COMMENT)].at(-1) ?? [];
  if (url === undefined) return undefined;
  try {
    const text = textOf(url, file);
    if (!text.includes('"sections"')) return undefined;
    const map = JSON.parse(text) as { sections?: unknown };
    return map.sections === undefined ? undefined : encodedMap(new FlattenMap(map as never));
  } catch {
    // A map that cannot be read is left to Babel.
    return undefined;
  }
}

function textOf(url: string, file: string): string {
  const [, encoding, data] = /^data:[^,]*?(;base64)?,(.*)$/.exec(url) ?? [];
  if (data === undefined) return readFileSync(resolve(dirname(file), decodeURI(url)), 'utf8');
  return encoding === undefined
    ? decodeURIComponent(data)
    : Buffer.from(data, 'base64').toString('utf8');
}
