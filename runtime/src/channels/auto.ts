// What importing `@throughline/runtime/auto` does: from then on, what the program does is logged.
import { basename } from 'node:path';
import { ThroughlineError } from '../kernel/index.js';
import type { B3Form } from '../operations/b3.js';
import { continueProcess } from '../operations/trace-headers.js';
import { VARIABLE } from './processes.js';
import { startOperations } from './start.js';
import { namesReceiver } from '../otlp/settings.js';
import { connect } from '../xtrace/node.js';

const { env } = process;
/** What asks for B3 (OpenTelemetry, "Environment Variable Specification", known values of `OTEL_PROPAGATORS`). */
const B3_FORMS: readonly (readonly [name: string, form: B3Form])[] = [
  ['b3', 'single'],
  ['b3multi', 'multi'],
];

/** Where events go: to the collector that is named, to the receiver of OpenTelemetry that is, or to a collector on this machine. */
const address = env['THROUGHLINE_COLLECTOR'] || (namesReceiver(env) ? 'otlp' : ':5563');

/** Resolves once connected. Its rejection never ends the process. */
export const connected = connect(address, {
  // Without the arguments, which may hold secrets.
  processName: basename(process.argv[1] ?? 'node'),
});
connected.catch((error: unknown) => {
  // The client itself says that it cannot reach a collector.
  const { code, message } = error as ThroughlineError;
  if (code !== 'TL_COLLECTOR_UNREACHABLE') console.error(`throughline: ${message}`);
});
continueProcess(env[VARIABLE]);
startOperations({
  propagateTo: namesIn('THROUGHLINE_PROPAGATE_TO'),
  channels: namesIn('THROUGHLINE_CHANNELS'),
  b3: B3_FORMS.filter(([name]) => namesIn('OTEL_PROPAGATORS').includes(name)).map(
    ([, form]) => form,
  ),
  logs: env['THROUGHLINE_LOGS'] !== 'off',
  sample: numberIn('THROUGHLINE_SAMPLE', (part) => part > 0 && part <= 1, 'above 0 and at most 1'),
  messages: wordIn('THROUGHLINE_MESSAGES', ['join', 'link', 'new']),
  functions: numberIn('THROUGHLINE_FUNCTIONS', (min) => min >= 0, 'of milliseconds'),
  files: numberIn('THROUGHLINE_FILES', (min) => min >= 0, 'of milliseconds'),
});

function namesIn(variable: string): string[] {
  return (env[variable] ?? '').split(',').flatMap((name) => name.trim() || []);
}

/** Returns the word in a variable. */
function wordIn<W extends string>(variable: string, words: readonly W[]): W | undefined {
  const { [variable]: text = '' } = env;
  const word = words.find((one) => one === text);
  if (text !== '' && word === undefined) ignore(variable, `one of ${words.join(', ')}`, text);
  return word;
}

/** Returns the number in a variable. */
function numberIn(
  variable: string,
  isAllowed: (value: number) => boolean,
  which: string,
): number | undefined {
  const { [variable]: text = '' } = env;
  if (text === '') return undefined;
  const value = Number(text);
  if (isAllowed(value)) return value;
  ignore(variable, `a number ${which}`, text);
  return undefined;
}

/** The program goes on without a variable that is not allowed. */
function ignore(variable: string, allowed: string, got: string): void {
  const { message } = new ThroughlineError(
    'TL_VARIABLE_INVALID',
    `${variable} must be ${allowed}, got ${JSON.stringify(got)}. It is ignored.`,
  );
  console.error(`throughline: ${message}`);
}
