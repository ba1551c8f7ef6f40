import { register } from '../baggage/bags.js';
// The level goes on to other services in the header `baggage`.
import '../baggage/header.js';
import { quote, shared, ThroughlineError } from '../kernel/index.js';

/** How much a logger says, the least first. */
export const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type Level = (typeof LEVELS)[number];

/** There is one for all copies of this package: a bag has one owner. */
const level = shared('level', { ofTask: undefined as ReturnType<typeof newLevel> | undefined });

/** The level of the current task, by its index: the highest of all that were set where contexts have joined. */
const ofTask = (level.ofTask ??= newLevel());

function newLevel(): ReturnType<typeof register<'max'>> {
  return register('throughline-level', 'max');
}

/**
 * Has loggers say as much as `level` asks for, in the current context and in everything that it starts from now on, in other services,
 * too. It can only be raised: what the process says anyway stays.
 *
 * Throws `TL_LEVEL_INVALID`.
 *
 * @example
 * if (request.headers['x-debug'] === secret) setLevel('debug');
 */
export function setLevel(level: Level): void {
  ofTask.note(indexOf(level));
}

/** Returns true if a level is asked for by the current task. */
export function isAskedFor(level: Level): boolean {
  return LEVELS.indexOf(level) <= (ofTask.get() ?? -1);
}

/** Returns the index of a level. Throws `TL_LEVEL_INVALID`. */
export function indexOf(level: unknown): number {
  const index = LEVELS.indexOf(level as Level);
  if (index >= 0) return index;
  throw new ThroughlineError(
    'TL_LEVEL_INVALID',
    `A level must be one of ${LEVELS.join(', ')}, got ${quote(level)}.`,
  );
}
