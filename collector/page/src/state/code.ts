import type { Excerpt } from '../../../src/code/source-code';
import type { TraceEvent } from '../../../src/reports/trace-event';
import { fetchCode } from '../api';

/** How long what was fetched is used again, in milliseconds: the mouse comes by the same lines again and again, and files are edited. */
const FRESH = 10_000;
/** Maximum number of excerpts that are kept. */
const MOST = 500;

const known = new Map<string, { readonly code: Excerpt | null; readonly at: number }>();

/** Returns the code around an event's source, if it was fetched and is there. */
export function codeAt(event: TraceEvent): Excerpt | undefined {
  return known.get(keyOf(event))?.code ?? undefined;
}

/** Fetches it, if it was not just now. Never rejects: the page can do without. */
export async function loadCode(event: TraceEvent): Promise<void> {
  const key = keyOf(event);
  if (Date.now() - (known.get(key)?.at ?? -FRESH) < FRESH) return;
  const code = await fetchCode(event).catch(() => undefined);
  if (code === undefined) return;
  if (known.size >= MOST) known.clear();
  known.set(key, { code, at: Date.now() });
}

/** The same line of one process is the same file. */
function keyOf({ source, host, processId }: TraceEvent): string {
  return `${source} ${host} ${processId}`;
}
