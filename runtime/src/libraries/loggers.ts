import { notes } from '../methods/replace.js';
import type { LibraryMethods } from '../methods/replace.js';
import { logLine } from '../operations/log-line.js';

/** A logger of winston. */
interface Winston {
  readonly silent?: boolean;
  isLevelEnabled(level: string): boolean;
}

/** The key under which winston keeps the level of a line, whatever its format makes of it (package triple-beam). */
const LEVEL = Symbol.for('level');

/** A line that winston writes: its text, and its level. The other fields may hold secrets. */
function winstonLine(logger: Winston, [line]: readonly unknown[]): void {
  const { [LEVEL]: level, message } = Object(line) as { [LEVEL]?: string; message?: unknown };
  if (level === undefined || logger.silent || !logger.isLevelEnabled(level)) return;
  logLine('winston', level, String(message));
}

export const loggers: LibraryMethods = {
  'winston Logger': { write: notes(winstonLine) },
};
