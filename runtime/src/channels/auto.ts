// What importing `@throughline/runtime/auto` does: from then on, what the program does is logged.
import { basename } from 'node:path';
import { ThroughlineError } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import type { B3Form } from '../operations/b3.js';
import { continueProcess } from '../operations/trace-headers.js';
import { namesReceiver } from '../otlp/settings.js';
import { connect } from '../xtrace/node.js';
import { VARIABLE } from './processes.js';
import { startOperations } from './start.js';
import { variable } from './variable.js';

/** What asks for B3 (OpenTelemetry, "Environment Variable Specification", known values of `OTEL_PROPAGATORS`). */
const B3_FORMS: readonly (readonly [name: string, form: B3Form])[] = [
  ['b3', 'single'],
  ['b3multi', 'multi'],
];

/** Where events go: to the collector that is named, to the receiver of OpenTelemetry that is, or to a collector on this machine. */
const address = variable('THROUGHLINE_COLLECTOR') || (isReceiverNamed() ? 'otlp' : ':5563');

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
continueProcess(variable(VARIABLE));
startOperations({
  propagateTo: namesIn('THROUGHLINE_PROPAGATE_TO'),
  channels: namesIn('THROUGHLINE_CHANNELS'),
  b3: B3_FORMS.filter(([name]) => namesIn('OTEL_PROPAGATORS').includes(name)).map(
    ([, form]) => form,
  ),
  logs: variable('THROUGHLINE_LOGS') !== 'off',
  sample: numberIn('THROUGHLINE_SAMPLE', (part) => part > 0 && part <= 1, 'above 0 and at most 1'),
  messages: wordIn('THROUGHLINE_MESSAGES', ['join', 'link', 'new']),
  functions: numberIn('THROUGHLINE_FUNCTIONS', (min) => min >= 0, 'of milliseconds'),
  files: numberIn('THROUGHLINE_FILES', (min) => min >= 0, 'of milliseconds'),
});

function isReceiverNamed(): boolean {
  return attempt(() => namesReceiver(process.env)) ?? false;
}

function namesIn(name: string): string[] {
  return (variable(name) ?? '').split(',').flatMap((one) => one.trim() || []);
}

/** Returns the word in a variable. */
function wordIn<W extends string>(name: string, words: readonly W[]): W | undefined {
  const text = variable(name) ?? '';
  const word = words.find((one) => one === text);
  if (text !== '' && word === undefined) ignore(name, `one of ${words.join(', ')}`, text);
  return word;
}

/** Returns the number in a variable. */
function numberIn(
  name: string,
  isAllowed: (value: number) => boolean,
  which: string,
): number | undefined {
  const text = variable(name) ?? '';
  if (text === '') return undefined;
  const value = Number(text);
  if (isAllowed(value)) return value;
  ignore(name, `a number ${which}`, text);
  return undefined;
}

/** The program goes on without a variable that is not allowed. */
function ignore(name: string, allowed: string, got: string): void {
  const { message } = new ThroughlineError(
    'TL_VARIABLE_INVALID',
    `${name} must be ${allowed}, got ${JSON.stringify(got)}. It is ignored.`,
  );
  console.error(`throughline: ${message}`);
}
