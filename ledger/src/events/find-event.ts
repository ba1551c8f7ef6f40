import type { TestEvent } from './event.js';
import type { TestRun } from './test-run.js';

/** The maximum number of names in a message. */
const MOST_LISTED = 20;

/** The event with that name, or a sentence about what is wrong with the name. */
export type EventLookup = { readonly event: TestEvent } | { readonly problem: string };

/** Finds an event of a test by its id or label. */
export function findEvent(run: TestRun | undefined, what: string, named: unknown): EventLookup {
  if (typeof named !== 'string') {
    return {
      problem: `The ${what} must be an event id, as returned by log(), or a label, got ${quote(named)}.`,
    };
  }
  const known = run?.events.get(named);
  if (known) return { event: known };
  const all = [...(run?.events.values() ?? [])];
  const [only, ...others] = all.filter(({ label }) => label === named);
  if (only === undefined) {
    return {
      problem: `No event of this test has the id or label ${quote(named)}. ${listLoggedEvents(all)}`,
    };
  }
  if (others.length === 0) return { event: only };
  return {
    problem:
      `${others.length + 1} events have the label ${quote(named)}. ` +
      `Use the id of one of them, as returned by log():\n\n${formatList([only, ...others].map(idOf))}`,
  };
}

/** Returns the label of an event in quotes. */
export function nameOf({ label }: TestEvent): string {
  return quote(label);
}

/** Returns the id of an event, and where it was logged if that is known. */
export function idOf({ eventId, source }: TestEvent): string {
  return source === undefined ? eventId : `${eventId} at ${source}`;
}

function listLoggedEvents(events: readonly TestEvent[]): string {
  if (events.length === 0) {
    return 'This test has not logged any events yet (log() from @throughline/runtime/xtrace).';
  }
  const times = new Map<string, number>();
  for (const event of events) times.set(nameOf(event), (times.get(nameOf(event)) ?? 0) + 1);
  const names = [...times].map(([name, count]) => (count > 1 ? `${name} (${count} times)` : name));
  return `This test has logged:\n\n${formatList(names)}`;
}

function formatList(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  const shown = names.slice(0, MOST_LISTED);
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])]
    .map((line) => `  ${line}`)
    .join('\n');
}

function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
