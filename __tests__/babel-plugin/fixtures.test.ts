import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { instrument, run } from '../harness/instrument';

const fixtures = join(__dirname, '..', 'fixtures');

describe.each(readdirSync(fixtures))('%s', (family) => {
  describe.each(readdirSync(join(fixtures, family)))('%s', (name) => {
    const file = (part: string): string => join(fixtures, family, name, part);
    const read = (part: string): string => readFileSync(file(part), 'utf8');
    const options = existsSync(file('options.json')) ? JSON.parse(read('options.json')) : {};

    if (existsSync(file('input.js'))) {
      test('output', () => {
        const output = instrument(read('input.js'), options);
        if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(file('output.js'), output);
        expect(output).toBe(read('output.js'));
      });

      test('a second run changes nothing', () => {
        const output = instrument(read('input.js'), options);
        expect(instrument(output, options)).toBe(output);
      });
    }

    if (existsSync(file('exec.js'))) {
      test('behaviour', () =>
        (run(read('exec.js'), { expect }, options)['default'] as () => Promise<void>)());
    }
  });
});
