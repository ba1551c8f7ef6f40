import { setLocal } from '../faces/slots.js';
import { shared } from '../kernel/index.js';
import { calledFrom } from '../operations/called-from.js';
import type { EventId } from '../xtrace/ids.js';
import { client, textsOf } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import { addEvent } from '../xtrace/trace.js';
import { indexOf, isAskedFor, LEVELS } from './levels.js';
import type { Level } from './levels.js';
import { fill } from './template.js';

/** Logs events under a name, with levels, templates and tags. What is not logged returns undefined. */
export interface Logger {
  readonly name: string;
  /** Logs an event, whatever the level. `{}` in the text takes the values in turn; those that are left are fields. */
  log(text: string, ...values: unknown[]): EventId | undefined;
  /** Logs an event with tags, by which tasks are found: `tag=slow`. */
  tag(text: string, ...tags: string[]): EventId | undefined;
  fatal(text: string, ...values: unknown[]): EventId | undefined;
  error(text: string, ...values: unknown[]): EventId | undefined;
  warn(text: string, ...values: unknown[]): EventId | undefined;
  info(text: string, ...values: unknown[]): EventId | undefined;
  debug(text: string, ...values: unknown[]): EventId | undefined;
  trace(text: string, ...values: unknown[]): EventId | undefined;
  /** Returns true if the level is logged here and now, for work that is done only to log it. Without a level: if anything is. */
  isEnabled(level?: Level): boolean;
}

/** Settings of all loggers of a process. */
export interface LoggerOptions {
  /** What is logged at most, unless a task asks for more (`setLevel`). Default: `info`. */
  readonly level?: Level;
  /** Names of loggers that log nothing. */
  readonly off?: readonly string[];
}

const settings = shared('loggers', {
  level: LEVELS.indexOf('info'),
  off: new Set<string>(),
  byName: new Map<string, Logger>(),
});

/**
 * Sets what the loggers of this process say, also those that exist. What is not given stays.
 *
 * Throws `TL_LEVEL_INVALID`.
 */
export function configureLoggers({ level, off }: LoggerOptions): void {
  if (level !== undefined) settings.level = indexOf(level);
  if (off !== undefined) settings.off = new Set(off);
}

/**
 * Returns the logger with a name, the same for the same name. Its events have the name as their agent.
 *
 * @example
 * const logger = getLogger('Cart');
 * logger.info('moved {} items to {}', items.length, target, { cart: id });
 */
export function getLogger(name = ''): Logger {
  const known = settings.byName.get(name);
  if (known !== undefined) return known;
  const isOn = (): boolean => !settings.off.has(name);
  const isEnabled = (level?: Level): boolean =>
    isOn() && (level === undefined || LEVELS.indexOf(level) <= settings.level || isAskedFor(level));
  const at =
    (level: Level) =>
    (text: string, ...values: unknown[]): EventId | undefined => {
      if (!isEnabled(level)) return undefined;
      const { label, fields } = fill(text, values);
      return report(name, label, { ...fields, 'log.level': level });
    };
  const logger: Logger = {
    name,
    log(text, ...values) {
      if (!isOn()) return undefined;
      const { label, fields } = fill(text, values);
      return report(name, label, fields);
    },
    tag: (text, ...tags) => (isOn() ? report(name, String(text), {}, tags) : undefined),
    ...{ fatal: at('fatal'), error: at('error'), warn: at('warn') },
    ...{ info: at('info'), debug: at('debug'), trace: at('trace') },
    isEnabled,
  };
  settings.byName.set(name, logger);
  return logger;
}

function report(
  agent: string,
  label: string,
  fields: Fields,
  tags: readonly string[] = [],
): EventId {
  const before = client.currentTrace();
  const { trace, id } = addEvent(before);
  setLocal(client.traceSlot, trace);
  client.report(before, id, label, textsOf(before, fields), calledFrom(), {
    ...(agent !== '' && { agent }),
    ...(tags.length > 0 && { tags: tags.map(String) }),
  });
  return id;
}
