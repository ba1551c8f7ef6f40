import { CollectorError } from '../errors.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import { oneLine } from '../graph/plain-text.js';

/** The pattern that ShiViz reads the log with: paste it into its field for the parser. */
export const SHIVIZ_PATTERN = '(?<host>\\S+) (?<clock>{.*})\\n(?<event>.*)';

/** The most entries of all clocks together. */
const MOST_COUNTS = 50_000_000;

/**
 * Writes a log for ShiViz: two lines for each event, its process with a vector clock, and its label. A process has one line there, so
 * its events are in causal order, and one that ran beside another one comes after it.
 */
export function toShiViz({ model, order, parents }: CausalGraph): string {
  if (model.size * model.processes.length > MOST_COUNTS) {
    throw new CollectorError(
      'TL_EXPORT_TOO_LARGE',
      `ShiViz needs a vector clock for each event, and ${model.size} events of ${model.processes.length} processes are too many. Export the task in another format.`,
    );
  }
  const names = hostsOf(model.processes.map(({ name, processId }) => `${name}${processId ?? ''}`));
  const own = new Int32Array(model.processes.length);
  const clocks: Int32Array[] = [];
  const last: (Int32Array | undefined)[] = [];
  const lines: string[] = [];
  for (const event of order) {
    const process = model.process[event]!;
    const clock = new Int32Array(model.processes.length);
    for (const before of [last[process], ...Array.from(parents.of(event), (one) => clocks[one])]) {
      before?.forEach((count, i) => (clock[i] = Math.max(clock[i]!, count)));
    }
    clock[process] = ++own[process]!;
    clocks[event] = clock;
    last[process] = clock;
    const known: Record<string, number> = {};
    clock.forEach((count, i) => {
      if (count > 0) known[names[i]!] = count;
    });
    lines.push(`${names[process]} ${JSON.stringify(known)}`, oneLine(model.labelOf(event)));
  }
  return `${lines.join('\n')}\n`;
}

/** Makes names without spaces, each for one process. */
function hostsOf(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name, i) => {
    const plain = oneLine(name).replace(/[\s{}"]+/g, '-') || 'process';
    const host = seen.has(plain) ? `${plain}-${i}` : plain;
    seen.add(host);
    return host;
  });
}
