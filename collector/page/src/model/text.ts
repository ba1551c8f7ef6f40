/** Formats microseconds since 1970 as a local date and time. The year is only there if it is another one. */
export function dateTime(timestamp: number): string {
  const date = new Date(timestamp / 1000);
  const isOther = date.getFullYear() !== new Date().getFullYear();
  return date.toLocaleString(undefined, {
    ...{ month: 'short', day: '2-digit', hourCycle: 'h23', ...(isOther && { year: 'numeric' }) },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  });
}

/** Formats microseconds since 1970 as a local time that a search reads: `2026-01-31T12:00:00.000`. */
export function localTime(timestamp: number): string {
  const date = new Date(timestamp / 1000);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1);
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

/** Formats a whole number with separators. */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** Formats a number of things: `1 event`, `2 events`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}
