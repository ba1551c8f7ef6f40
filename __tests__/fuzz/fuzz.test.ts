import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ran, root } from '../harness/child';

const run = join(__dirname, 'run.mjs');
const runtime = join(root, 'runtime', 'dist', 'cjs');

async function fuzz(...args: string[]): Promise<{ code: number | null; stdout: string }> {
  const { code, stdout, stderr } = await ran([run, ...args]);
  expect(stderr).toBe('');
  return { code, stdout };
}

test.each([
  ['without causes', ['--programs', '1500', '--seed', '1']],
  ['with causes', ['--programs', '500', '--seed', '500001', '--causes']],
  ['with the bridge', ['--programs', '1000', '--seed', '700001', '--bridge']],
  ['with the bridge and causes', ['--programs', '500', '--seed', '800001', '--bridge', '--causes']],
])(
  'random programs see what the model and Node say: %s',
  async (_, args) => {
    const { code, stdout } = await fuzz(...args);

    expect(stdout).toContain('no failure');
    expect(code).toBe(0);
  },
  300_000,
);

/** A runtime that breaks a rule, and the rule. */
const faults = [
  [
    'a strand that is left stays current',
    'kernel/activation.js',
    /(function suspend\([^]*?)\(0, _current\.leaveStrand\)\(strand\);/,
    '$1(0, _strand.leave)(strand, _here.here.frame);',
  ],
  [
    'a strand that throws after an await stays current',
    'kernel/activation.js',
    /(function end\(strand\) \{[^}]*?)\(0, _current\.leaveStrand\)\(strand\);/,
    '$1(0, _strand.leave)(strand, _here.here.frame);',
  ],
  [
    'a callback starts in the frame of whoever calls it',
    'kernel/callbacks.js',
    /(function callIn\([^]*?)\(0, _current\.enterNow\)\(frame\);/,
    '$1_here.here.frame;',
  ],
  [
    'a listener hands on what another strand entered',
    'kernel/entered.js',
    /!started\.has\(token\) \|\| started\.get\(token\) !== value/,
    '!frame.has(token) || frame.get(token) !== value',
  ],
  [
    'what is entered after an await reaches the caller',
    'kernel/current.js',
    /(function goBackHolding\(outer, ended, held\) \{)/,
    '$1 if (outer !== ended) return goBackTo(outer, ended, held);',
  ],
] as const;

test.each(faults)(
  'a runtime with a fault is found, with the program and its seed: %s',
  async (_, file, pattern, fault) => {
    // Beside the built one, so that it finds what that finds.
    const broken = mkdtempSync(join(root, '.cache', 'fuzz-'));
    cpSync(runtime, broken, { recursive: true });
    const sound = readFileSync(join(broken, file), 'utf8');
    writeFileSync(join(broken, file), sound.replace(pattern, fault));
    try {
      expect(sound).toMatch(pattern);
      const { code, stdout } = await fuzz('--programs', '500', '--runtime', broken);

      expect(code).toBe(1);
      expect(stdout).toMatch(/^Seed \d+: compiled: /);
      expect(stdout).toMatch(
        /npm run fuzz -- --programs 1 --seed \d+, in short:\n\n.*\(me\b.*\n\n/s,
      );
    } finally {
      rmSync(broken, { recursive: true });
    }
  },
  300_000,
);
