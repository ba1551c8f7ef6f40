import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const built = existsSync(join(__dirname, '../../runtime/dist/plain')) ? test : test.skip;

built('the build for engines without private fields has none in its stamps, and joins', () => {
  const program = `
    const { run, suspend, resume, end } = require('@throughline/runtime/compiled');
    const { register, getLocal, setLocal } = require('@throughline/runtime');
    const file = require.resolve('@throughline/runtime/compiled');
    const seen = register([], { join: (mine, theirs) => [...mine, ...theirs] });
    const part = (name) => run(async (s) => { try { resume(s, await suspend(s, 0)); setLocal(seen, [name]); } finally { end(s); } });
    run(async (s) => {
      try {
        resume(s, await suspend(s, part('one')));
        resume(s, await suspend(s, part('two')));
        console.log(JSON.stringify([file.includes('plain'), getLocal(seen)]));
      } finally { end(s); }
    });`;
  const printed = execFileSync(process.execPath, ['-C', 'react-native', '--eval', program], {
    cwd: join(__dirname, '../..'),
    encoding: 'utf8',
  });

  expect(JSON.parse(printed)).toEqual([true, ['one', 'two']]);
});
