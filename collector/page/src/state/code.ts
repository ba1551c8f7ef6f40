import type { Excerpt } from '../../../src/code/source-code';
import { fetchCode } from '../api';

/** What was fetched already: the mouse comes by the same events again and again. */
const known = new Map<string, Excerpt | undefined>();

/** Returns the code around a source at a time, if it was fetched and is there. */
export function codeAt(source: string, time: number): Excerpt | undefined {
  return known.get(`${source} ${time}`);
}

/** Fetches it, if it was not yet. Never rejects: the page can do without. */
export async function loadCode(source: string, time: number): Promise<void> {
  const key = `${source} ${time}`;
  if (known.has(key)) return;
  const code = await fetchCode(source, time).catch(() => undefined);
  known.set(key, code ?? undefined);
}
