// What importing `@throughline/runtime/auto` does: from then on, what the program does is logged.
import { basename } from 'node:path';
import type { ThroughlineError } from '../kernel/index.js';
import { startOperations } from './start.js';
import { connect } from '../xtrace/node.js';

const { THROUGHLINE_COLLECTOR, THROUGHLINE_PROPAGATE_TO, THROUGHLINE_CHANNELS, THROUGHLINE_LOGS } =
  process.env;

/** Resolves once connected to the collector. Its rejection never ends the process. */
export const connected = connect(THROUGHLINE_COLLECTOR || ':5563', {
  // Without the arguments, which may hold secrets.
  processName: basename(process.argv[1] ?? 'node'),
});
connected.catch((error: unknown) => {
  // The client itself says that it cannot reach a collector.
  const { code, message } = error as ThroughlineError;
  if (code === 'TL_ADDRESS_INVALID') console.error(`throughline: ${message}`);
});
startOperations({
  propagateTo: namesIn(THROUGHLINE_PROPAGATE_TO),
  channels: namesIn(THROUGHLINE_CHANNELS),
  logs: THROUGHLINE_LOGS !== 'off',
});

function namesIn(list = ''): string[] {
  return list.split(',').flatMap((name) => name.trim() || []);
}
