import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainly } from '../harness/both-ways';
import { evaluate, instrument } from '../harness/instrument';
import { bridgeIsOpen } from '../harness/runtime';
import { inImmediate } from '../harness/uncompiled';

// Programs over Node's AsyncLocalStorage. What each logs was recorded on Node 24, with
// UPDATE_RECORDED=1; compiled, on any Node, the same program over ours must log that.

type Log = (...values: unknown[]) => void;
type Programs = Record<string, (log: Log) => Promise<void>>;
type Recorded = Record<string, Record<string, string[]>>;

const folder = join(__dirname, 'programs');
const recording = join(__dirname, 'recorded.json');
const recorded = JSON.parse(readFileSync(recording, 'utf8')) as Recorded;

const [major] = process.versions.node.split('.').map(Number);
/** Where what Node gives is what its documentation says today. */
const isOracle = major! >= 24;
const isRecorder = isOracle && process.env['UPDATE_RECORDED'] === '1';

/** Two ends of a connection race: there, lines count and not their order. */
const racing = new Set(['sockets']);

/** Where ours logs something else because Node itself, which is not instrumented, has the context over the bridge only. */
const differsWithoutBridge: Record<string, readonly string[]> = {
  // The rejection of a listener is reported by a reaction of Node's own.
  'an emitter that reports errors': ['in ada undefined'],
  // Node takes the second step of a generator when it likes; its body sees whoever asks.
  'a readable of promises and of a generator': [
    ...['row ada ada', 'row undefined ada', 'read ada', 'after ada'],
  ],
  // asyncStart and asyncEnd are published by a reaction of Node's own.
  'diagnostics_channel: a tracing channel': [
    ...[
      'start ada',
      'end ada',
      'asyncStart undefined',
      'asyncEnd undefined',
      'value ada undefined',
    ],
    ...['start bob', 'end bob', 'sync bob undefined'],
  ],
};

/** Where ours logs something else, and why. */
const differs: Record<string, readonly string[]> = {
  // A listener that the platform triggers sees its registration: Node has one store for a whole socket.
  'net: listeners that are added in another run than the connection': [
    ...['connection elsewhere', 'data bob'],
  ],
  'http: listeners that are added in another run than the request': ['response bob'],
  ...(bridgeIsOpen() ? {} : differsWithoutBridge),
};

const families = readdirSync(folder).map((file) => file.replace(/\.js$/, ''));
const made: Recorded = {};

describe.each(families)('%s', (family) => {
  const code = readFileSync(join(folder, `${family}.js`), 'utf8');
  const natively = load(plainly(code));
  const compiled = load(instrument(code, { asyncHooks: 'runtime' }, { commonjs: true }));
  const titles = Object.keys(natively);
  const ordered = (lines: string[]): string[] => (racing.has(family) ? [...lines].sort() : lines);

  (isOracle ? test : test.skip).each(titles)('Node: %s', async (title) => {
    const lines = await linesOf(natively[title]!);
    if (isRecorder) (made[family] ??= {})[title] = lines;
    else expect(ordered(lines)).toEqual(ordered(recorded[family]![title]!));
  });

  test.each(titles)('ours: %s', async (title) => {
    const lines = await linesOf(compiled[title]!);

    const same = recorded[family]![title]!;
    expect(same.length).toBeGreaterThan(0);
    expect(ordered(lines)).toEqual(ordered([...(differs[title] ?? same)]));
    if (title in differs) expect(differs[title]).not.toEqual(same);
  });
});

test('the compiled programs use no storage of Node', () => {
  for (const family of families) {
    const code = readFileSync(join(folder, `${family}.js`), 'utf8');
    expect(code).toContain(`from 'node:async_hooks'`);
    expect(instrument(code, { asyncHooks: 'runtime' })).not.toContain('async_hooks');
  }
});

afterAll(() => {
  if (isRecorder) writeFileSync(recording, `${JSON.stringify(made, undefined, 2)}\n`);
});

function load(code: string): Programs {
  return evaluate(code)['programs'] as Programs;
}

/** Runs a program in a turn of its own, where no strand runs. */
async function linesOf(program: (log: Log) => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  await inImmediate(() => program((...values) => void lines.push(values.map(String).join(' '))));
  return lines;
}
