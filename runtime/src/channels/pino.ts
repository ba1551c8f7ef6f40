import { logLine } from '../operations/log-line.js';
import type { Handlers } from './subscribe.js';

/** A message of pino's channel: the logger, and the arguments of the function that writes a line. */
interface Message {
  readonly instance: { readonly levels?: { readonly labels?: Readonly<Record<number, string>> } };
  readonly arguments: ArrayLike<unknown>;
}

/** What pino writes becomes an event: its text as the label, and its level. The object with it may hold secrets. */
export const pinoChannels: Handlers = {
  'tracing:pino_asJson:start': ({ instance, arguments: given }: Message) => {
    const [, text, level] = Array.from(given) as [unknown, unknown, number];
    const name = instance.levels?.labels?.[level] ?? String(level);
    logLine('pino', name, typeof text === 'string' ? text : name);
  },
};
