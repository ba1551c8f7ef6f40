// What is logged beside operations, and what is left out: lines of the console, long functions, a part of all tasks.
import { Events, prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());

describe('console', () => {
  const program = `${prelude}
    const { log } = console;
    const { url, stop } = await serve(async (request, response) => {
      console.log('cart %s of %d', 'a', 2, { password: 'secret' });
      await pause();
      console.error(new TypeError('no cart'));
      console.warn('three');
      response.end(String(log.name + log.length));
    });
    process.stdout.write((await get(url + '/x')) + '\\n');
    await stop();
  `;

  test('a line is an event of the code that has written it, and is printed as before', async () => {
    const { events, stdout, stderr } = await programs.run(program);
    const plain = await programs.runPlain(program);

    expect(stdout).toBe(plain.stdout);
    expect(stdout).toMatch(/^cart a of 2 \{ password: 'secret' \}\nlog0\n$/);
    expect(stderr).toMatch(/^TypeError: no cart\n {4}at [^]*\nthree\n$/);
    const parents = (label: string): string[] =>
      events.parentsOf(events.reports.find((one) => one.label === label)!);
    expect(parents('cart a of 2 [Object]')).toEqual(['begin GET /x']);
    expect(parents('TypeError: no cart')).toEqual(['event cart a of 2 [Object]']);
    expect(parents('three')).toEqual(['event TypeError: no cart']);
    expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual(['event three']);
    const three = events.reports.find(({ label }) => label === 'three')!;
    expect(Events.field(three, 'log.level')).toBe('warn');
    expect(JSON.stringify(events.reports)).not.toContain('secret');
  });

  test('lines are left out on request', async () => {
    const { events } = await programs.run(program, { THROUGHLINE_LOGS: 'off' });

    expect(events.reports.map(({ label }) => label)).not.toContain('three');
  });
});

describe('functions', () => {
  const program = `${prelude}
    async function load(name) {
      await new Promise((resolve) => setTimeout(resolve, name === 'slow' ? 60 : 0));
    }
    const fails = async () => {
      await load('slow');
      throw new Error('no');
    };
    const { url, stop } = await serve(async (request, response) => {
      await Promise.all([load('slow'), load('quick'), fails().catch(() => {})]);
      response.end();
    });
    await get(url + '/x');
    await stop();
  `;

  test('one that takes long is an event at its end, with its line', async () => {
    const { events } = await programs.run(program, { THROUGHLINE_FUNCTIONS: '50' });
    const of = (name: string) => events.reports.filter(({ label }) => label === name);

    expect(of('load')).toHaveLength(2);
    expect(Number(Events.field(of('load')[0]!, 'duration'))).toBeGreaterThanOrEqual(50);
    expect(of('load')[0]!.source).toMatch(/program\.js:\d+$/);
    expect(of('load').map((one) => events.parentsOf(one))).toEqual([
      ['begin GET /x'],
      ['begin GET /x'],
    ]);
    expect(events.parentsOf(of('fails')[0]!)).toEqual(['event load']);
    expect(events.parentsOf(events.find('end', /^GET \/x 200$/))).toEqual([
      ...['event fails', 'event load'],
    ]);
  });

  test('none is logged without being asked for', async () => {
    const { events } = await programs.run(program);

    expect(events.reports.map(({ label }) => label)).not.toContain('load');
  });
});

describe('files', () => {
  const program = `${prelude}
    import fs, { readFile, realpath, statSync } from 'node:fs';
    import { open, readFile as read } from 'node:fs/promises';
    import { execFileSync } from 'node:child_process';
    import { promisify } from 'node:util';
    execFileSync('sh', ['-c', 'rm -f slow slower; mkfifo slow slower']);
    const written = (name) => setTimeout(() => fs.writeFile(name, 'x', () => {}), 60);
    const { url, stop } = await serve(async (request, response) => {
      written('slow');
      const first = await read('slow', 'utf8');
      written('slower');
      const second = await promisify(readFile)(new URL('slower', import.meta.url), 'utf8');
      const third = fs.readFileSync('/dev/stdin', 'utf8');
      const none = await read('none').catch(({ code }) => code);
      const { bytesRead } = await promisify(fs.read)((await open('program.js')).fd, Buffer.alloc(4), 0, 4, 0);
      const kinds = [typeof realpath.native, statSync('slow').isFIFO(), readFile.name, readFile.length];
      response.end([first, second, third, none, bytesRead, ...kinds].join());
    });
    process.stdout.write((await get(url + '/x', { headers: inTask(1) })) + '\\n');
    await stop();
  `;
  const answer = 'x,x,,ENOENT,4,function,true,readFile,3\n';

  test('a call that takes long is an event at its end, with its line', async () => {
    const { events, stdout } = await programs.run(program, { THROUGHLINE_FILES: '50' });
    const file = (label: string) => events.reports.find((one) => one.label === label)!;

    expect(stdout).toBe(answer);
    const slow = file('readFile slow');
    expect(Events.field(slow, 'file.path')).toBe('slow');
    expect(Number(Events.field(slow, 'duration'))).toBeGreaterThanOrEqual(50);
    expect(slow.source).toMatch(/program\.js:\d+$/);
    expect(events.parentsOf(slow)).toEqual(['begin GET /x']);
    expect(events.parentsOf(file('readFile slower'))).toEqual(['event readFile slow']);
    expect(file('readFile none')).toBeUndefined();
  });

  test('each is logged with its failure if none is too short, and none without being asked for', async () => {
    const asked = await programs.run(program, { THROUGHLINE_FILES: '0' });
    const plain = await programs.run(program);

    expect(asked.stdout).toBe(answer);
    const failed = asked.events.reports.find(({ label }) => label === 'readFile none')!;
    expect(Events.field(failed, 'error.type')).toBe('ENOENT');
    expect(asked.events.parentsOf(failed)).toEqual(['event readFileSync /dev/stdin']);
    expect(plain.stdout).toBe(answer);
    expect(plain.events.reports.filter(({ label }) => /^read/.test(label))).toEqual([]);
  });
});

describe('sampling', () => {
  const program = `${prelude}
    const { url, stop } = await serve(async (request, response) => {
      if (request.url === '/outer') {
        console.log('outer');
        await get(url + '/inner');
      }
      response.end();
    });
    // Half of the first digits of the part that decides.
    for (let n = 0; n < 16; n++) {
      const taskId = '1'.repeat(24) + n.toString(16) + '0000000';
      await get(url + '/outer', { headers: { traceparent: '00-' + taskId + '-b7ad6b7169203331-01' } });
    }
    await stop();
  `;

  test('the id of a task decides, and all events of a task are kept, or none', async () => {
    const { events } = await programs.run(program, { THROUGHLINE_SAMPLE: '0.5' });
    const served = events.reports.filter(({ taskId }) => /^1{24}.0{7}$/.test(taskId));
    const tasks = new Set(served.map(({ taskId }) => taskId[24]));

    expect([...tasks].sort().join('')).toBe('01234567');
    expect(served).toHaveLength(8 * 7);
  });

  test('a request for a task that is not kept says so', async () => {
    const { events, stdout } = await programs.run(
      `${prelude}
        const { url, stop } = await serve(({ headers: { traceparent } }, response) => {
          response.end(traceparent.slice(-2));
        });
        console.log(await get(url + '/x'));
        await stop();
      `,
      { THROUGHLINE_SAMPLE: '1e-12' },
    );

    expect(stdout).toBe('00\n');
    expect(events.reports).toEqual([]);
  });

  test.each(['2', '0', 'half'])(
    'a part of %s is refused in one line, and all is kept',
    async (part) => {
      const { events, stderr, code } = await programs.run('console.log("here")', {
        THROUGHLINE_SAMPLE: part,
      });

      expect(code).toBe(0);
      expect(stderr).toBe(
        `throughline: THROUGHLINE_SAMPLE must be a number above 0 and at most 1, got "${part}". ` +
          'It is ignored. (TL_VARIABLE_INVALID)\n',
      );
      expect(events.reports.map(({ label }) => label)).toEqual(['here']);
    },
  );
});
