// What importing `@throughline/runtime/auto` does: from then on, what the program does is logged.
import { basename } from 'node:path';
import { ThroughlineError } from '../kernel/index.js';
import { startOperations } from './start.js';
import { connect } from '../xtrace/node.js';

const { env } = process;

/** Resolves once connected to the collector. Its rejection never ends the process. */
export const connected = connect(env['THROUGHLINE_COLLECTOR'] || ':5563', {
  // Without the arguments, which may hold secrets.
  processName: basename(process.argv[1] ?? 'node'),
});
connected.catch((error: unknown) => {
  // The client itself says that it cannot reach a collector.
  const { code, message } = error as ThroughlineError;
  if (code === 'TL_ADDRESS_INVALID') console.error(`throughline: ${message}`);
});
startOperations({
  propagateTo: namesIn('THROUGHLINE_PROPAGATE_TO'),
  channels: namesIn('THROUGHLINE_CHANNELS'),
  logs: env['THROUGHLINE_LOGS'] !== 'off',
  sample: numberIn('THROUGHLINE_SAMPLE', (part) => part > 0 && part <= 1, 'above 0 and at most 1'),
  functions: numberIn('THROUGHLINE_FUNCTIONS', (min) => min >= 0, 'of milliseconds'),
});

function namesIn(variable: string): string[] {
  return (env[variable] ?? '').split(',').flatMap((name) => name.trim() || []);
}

/** Returns the number in a variable. The program goes on without one that is not allowed. */
function numberIn(
  variable: string,
  isAllowed: (value: number) => boolean,
  which: string,
): number | undefined {
  const { [variable]: text = '' } = env;
  if (text === '') return undefined;
  const value = Number(text);
  if (isAllowed(value)) return value;
  const { message } = new ThroughlineError(
    'TL_VARIABLE_INVALID',
    `${variable} must be a number ${which}, got ${JSON.stringify(text)}. It is ignored.`,
  );
  console.error(`throughline: ${message}`);
  return undefined;
}
