import { Progress } from '../../cli/src/progress';

/** A terminal that remembers what it shows, and a clock that is set by hand. */
function terminal(isTTY = true) {
  const shown: string[] = [];
  const clock = { ms: 0 };
  const output = {
    isTTY,
    write: (text: string) => void shown.push(text.replace('\r\u001b[2K', '|')),
  };
  const make = (total: number | undefined) =>
    new Progress('Sending x', total, output, () => clock.ms);
  return { shown, clock, make };
}

test('a bar shows how much is done, after a moment, and not at every byte', () => {
  const { shown, clock, make } = terminal();
  const progress = make(10_000_000);
  progress.add(1_000_000);
  clock.ms = 300;
  progress.add(4_000_000);
  progress.add(1);
  clock.ms = 350;
  progress.add(5_000_000);
  progress.end();

  expect(shown).toEqual([
    '|Sending x ████████████░░░░░░░░░░░░ 50 %, 5.0 of 10.0 MB',
    '|Sending x ████████████████████████ 100 %, 10.0 of 10.0 MB',
    '|',
  ]);
});

test('without a total it shows what was done', () => {
  const { shown, clock, make } = terminal();
  const progress = make(undefined);
  clock.ms = 300;
  progress.add(1_500_000);

  expect(shown).toEqual(['|Sending x 1.5 MB']);
});

test('fast work, and a pipe, show nothing', () => {
  const fast = terminal();
  const progress = fast.make(10);
  progress.add(10);
  progress.end();
  const pipe = terminal(false);
  const piped = pipe.make(10);
  pipe.clock.ms = 1000;
  piped.add(5);
  piped.end();

  expect([fast.shown, pipe.shown]).toEqual([[], []]);
});
