import type { Event } from './event.js';
import type { TestRun } from './test-run.js';

/** How many names a message lists. */
const MOST_LISTED = 20;

/** The event that is meant, or what is wrong with its name. */
export type Found = { readonly event: Event } | { readonly problem: string };

/** The event of a test that an id or a label names, or a sentence that says what there is. */
export function findEvent(run: TestRun | undefined, what: string, named: unknown): Found {
  if (typeof named !== 'string') {
    return {
      problem: `The ${what} must be the id of an event, as log() returns it, or a label, but is ${text(named)}.`,
    };
  }
  const known = run?.events.get(named);
  if (known) return { event: known };
  const all = [...(run?.events.values() ?? [])];
  const [only, ...others] = all.filter(({ label }) => label === named);
  if (only === undefined) {
    return {
      problem: `No event of this test has the id or the label ${text(named)}. ${whatThereIs(all)}`,
    };
  }
  if (others.length === 0) return { event: only };
  return {
    problem:
      `${others.length + 1} events have the label ${text(named)}. ` +
      `Name one by its id, which log() returns:\n\n${listed([only, ...others].map(idOf))}`,
  };
}

/** An event as a message names it. */
export function nameOf({ label }: Event): string {
  return text(label);
}

export function idOf({ eventId, source }: Event): string {
  return source === undefined ? eventId : `${eventId} at ${source}`;
}

function whatThereIs(events: readonly Event[]): string {
  if (events.length === 0) {
    return 'It has logged none so far with log() of @throughline/runtime/xtrace.';
  }
  const times = new Map<string, number>();
  for (const event of events) times.set(nameOf(event), (times.get(nameOf(event)) ?? 0) + 1);
  const names = [...times].map(([name, count]) => (count > 1 ? `${name} (${count} times)` : name));
  return `It has logged:\n\n${listed(names)}`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  const shown = names.slice(0, MOST_LISTED);
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])]
    .map((line) => `  ${line}`)
    .join('\n');
}

function text(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
