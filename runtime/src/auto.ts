// Import this before everything else: what the program does is logged from then on, without a line of it changed.
import type { ThroughlineError } from './kernel/index.js';
import { startOperations } from './channels/start.js';
import { connect } from './xtrace/node.js';

const { THROUGHLINE_COLLECTOR, THROUGHLINE_PROPAGATE_TO, THROUGHLINE_CHANNELS, THROUGHLINE_LOGS } =
  process.env;

/** Resolves once connected to the collector. Its rejection never ends the process. */
export const connected = connect(THROUGHLINE_COLLECTOR || ':5563');
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
