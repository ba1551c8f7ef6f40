import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const built = existsSync(join(root, 'runtime/dist/esm/xtrace/page.js')) ? describe : describe.skip;

/** Runs a module as a bundler would resolve it for a platform; returns what it prints. */
function runFor(condition: string, program: string): string {
  return execFileSync(
    process.execPath,
    ['-C', condition, '--input-type=module', '--eval', program],
    { cwd: root, encoding: 'utf8' },
  );
}

built.each(['browser', 'react-native'])('the client for %s', (condition) => {
  test('has nothing of Node in its bundle, and no protobuf', () => {
    const printed = runFor(
      condition,
      `import { rolldown } from 'rolldown';
       const entry = '\\0entry';
       const bundle = await rolldown({
         input: entry,
         platform: 'neutral',
         resolve: { conditionNames: ['${condition}', 'import'] },
         plugins: [{
           name: 'entry',
           resolveId: (id) => (id === entry ? id : undefined),
           load: (id) => id === entry ? 'export * from "@throughline/runtime/xtrace"' : undefined,
         }],
       });
       const { output } = await bundle.generate();
       console.log(JSON.stringify([output[0].imports, Object.keys(output[0].modules)]));`,
    );
    const [imports, modules] = JSON.parse(printed) as [string[], string[]];

    expect(imports).toEqual([]);
    expect(modules.filter((name) => name.includes('protobuf'))).toEqual([]);
    expect(modules.filter((name) => name.endsWith('xtrace/page.js'))).toHaveLength(1);
  });

  test('logs, and says that it cannot send', () => {
    const printed = runFor(
      condition,
      `import { connect, flush, log, startTask, getTaskId, stats } from '@throughline/runtime/xtrace';
       const task = startTask();
       const isSame = task === getTaskId();
       log('one');
       const refused = await connect(':5563').catch(({ code, message }) => ({ code, message }));
       console.log(JSON.stringify([isSame, await flush(), stats().queued, refused]));`,
    );

    expect(JSON.parse(printed)).toEqual([
      true,
      false,
      1,
      {
        code: 'TL_TRANSPORT_MISSING',
        message: expect.stringContaining('connect(":5563") needs TCP'),
      },
    ]);
  });

  test('a refused connection that nobody looks at does not end the program', () => {
    const printed = runFor(
      condition,
      `import { connect } from '@throughline/runtime/xtrace';
       connect('collector:5563');
       setTimeout(() => console.log('alive'), 10);`,
    );

    expect(printed.trim()).toBe('alive');
  });
});
