/** Formats microseconds since 1970 as a local date and time. */
export function dateTime(timestamp: number): string {
  return new Date(timestamp / 1000).toLocaleString(undefined, {
    ...{ year: 'numeric', month: 'short', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  });
}

/** Formats a duration in microseconds, in the unit that reads best. */
export function duration(microseconds: number): string {
  const sign = microseconds < 0 ? '−' : '';
  const size = Math.abs(Math.round(microseconds));
  if (size < 1000) return `${sign}${size} µs`;
  if (size < 1_000_000) return `${sign}${(size / 1000).toFixed(size < 10_000 ? 2 : 1)} ms`;
  if (size < 60_000_000) return `${sign}${(size / 1_000_000).toFixed(2)} s`;
  return `${sign}${(size / 60_000_000).toFixed(1)} min`;
}

/** Formats a number of things: `1 event`, `2 events`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Shortens a string to at most `most` characters, ending with an ellipsis. */
export function truncate(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
