import type { RuntimeErrorCode } from './errors.js';

const warned = new Set<string>();

/** Prints a warning to stderr, once per code. The runtime is a guest in the user's program and never throws into it. */
export function warnOnce(code: RuntimeErrorCode, message: string, cause?: unknown): void {
  if (warned.has(code)) return;
  warned.add(code);
  warn(code, message, cause);
}

/** Prints a warning to stderr. */
export function warn(code: RuntimeErrorCode, message: string, cause?: unknown): void {
  console.error(`throughline: ${message} (${code})`, ...(cause === undefined ? [] : [cause]));
}
