import { join } from 'node:path';

interface Files {
  readonly sourceMaps: boolean;
  covers(file: string): boolean;
  transform(code: string, file: string, format: string): string | undefined;
}

const built = join(__dirname, '../../babel-plugin/dist/cjs/adapters/node-files.js');
const odd = (name: string): string => `/app/node_modules/${name}/index.js`;

/** Returns the file handling of `register`, without its cache. */
function files(): Files {
  return (require(built) as { nodeFiles(): Files }).nodeFiles();
}

let said: string[];
beforeEach(() => {
  process.env['THROUGHLINE_CACHE'] = 'off';
  said = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  delete process.env['THROUGHLINE_CACHE'];
  jest.restoreAllMocks();
});

test('a file that the compiler cannot read runs as it is, and its package is named once', () => {
  const { transform } = files();
  const code = 'const #odd = 1;';

  expect(transform(code, odd('odd'), 'commonjs')).toBeUndefined();
  expect(transform(code, odd('odd').replace('index', 'other'), 'commonjs')).toBeUndefined();
  expect(transform(code, odd('@acme/odd'), 'commonjs')).toBeUndefined();

  expect(said).toEqual([
    expect.stringMatching(
      /^throughline: a file of the package "odd" is not instrumented, .* "exclude": \["odd"\]\. \(TL_FILE_LEFT_ALONE\)\n$/,
    ),
    expect.stringContaining('"@acme/odd"'),
  ]);
});

test('a file of the program is named by its path', () => {
  const code = 'const #odd = 2;';

  expect(files().transform(code, '/app/odd.js', 'commonjs')).toBeUndefined();
  expect(said).toEqual([expect.stringContaining('/app/odd.js is not instrumented')]);
});

test('dependencies are covered, and the packages that instrument are not', () => {
  const { covers } = files();

  expect(covers(odd('express'))).toBe(true);
  expect(covers(odd('@throughline/runtime'))).toBe(false);
  expect(covers('/app/types.d.ts')).toBe(false);
});

test('lines of a dependency stay where they are, without a source map', () => {
  const code = "async function work() {\n  await null;\n\n  throw new Error('late');\n}\n";
  const { transform } = files();
  const lines = transform(code, odd('late'), 'commonjs')!.split('\n');

  expect(lines[3]).toContain("new Error('late')");
  expect(lines.join('\n')).not.toContain('sourceMappingURL');
  expect(transform(code, '/app/own.js', 'commonjs')).toContain('sourceMappingURL');
});

/** Every form of function, with the number of each line in it. */
const forms = `note('1');
const arrow = async () => { note('2');
  await note('3');
};
note('5');

async function declared(x = note('7')) {
  await note('8');
  async function inner() { note('9');
    await note('10');
  }
  return inner(note('12'));
}
note('14');
class Box { async method() { note('15');
    await note('16');
  }
  field = async () => note('18');
}
async function* steps() { yield note('20');
  for await (const x of note('21')) {
    try { await note('22');
    } finally { note('23'); }
  }
}
note('26');
const object = { async method() { await note('27');
    return new Promise((settle) => setTimeout(settle, note('28')));
  } };
emitter.on('x', async () => { note('30');
  await note('31'); });
note('32');
declared();
async function withUsing() { { await using a = note('34');
    note('35'); }
  note('36');
}
note('38');`;

test.each(['commonjs', 'module'])('every statement stays on its line: %s', (format) => {
  const lines = files().transform(forms, odd('forms'), format)!.split('\n');
  const noted = lines.flatMap((line, at) =>
    Array.from(line.matchAll(/note\(["'](\d+)["']\)/g), ([, number]) => [number, at + 1]),
  );

  expect(noted).toHaveLength(27);
  expect(noted.filter(([number, at]) => Number(number) !== at)).toEqual([]);
});

test('in production, lines of the program stay, too', () => {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    const { sourceMaps, transform } = files();
    expect(sourceMaps).toBe(false);
    expect(transform('async () => {};\n', '/app/own.js', 'commonjs')).not.toContain(
      'sourceMappingURL',
    );
  } finally {
    process.env['NODE_ENV'] = before;
  }
});
