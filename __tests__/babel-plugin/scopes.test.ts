import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync, traverse, types as t } from '@babel/core';
import type { NodePath } from '@babel/core';
import throughline from '../../babel-plugin/src/index';

type Binding = NonNullable<ReturnType<NodePath['scope']['getBinding']>>;

/** One place where a name stands, and what is known of it there. */
interface Use {
  readonly name: string;
  /** Which of the program's identifiers declares it. */
  readonly declaredAt: number | undefined;
  readonly kind: string | undefined;
  readonly constant: boolean | undefined;
  readonly declaredBy: string | undefined;
  readonly isIn: string | undefined;
}

const root = join(__dirname, '..', '..');
const sources = [
  ...inputs(join(root, '__tests__', 'fixtures')),
  ...['babel-plugin/src', 'runtime/src', 'collector/src', '__tests__/behaviour', '__tests__/traps']
    .map((folder) => join(root, folder))
    .flatMap((folder) => filesOf(folder).filter((file) => /(?<!\.d)\.ts$/.test(file))),
];

/**
 * A plugin that comes after ours sees scopes as Babel would have read them from the code that we
 * wrote. The oracle is a copy of that code, which Babel reads anew.
 */
describe.each([false, true])('with causes: %s', (causes) => {
  test('every name is bound where the rewritten program binds it', () => {
    const wrong: string[] = [];
    for (const file of sources) {
      transform(file, causes, (program) => {
        const expected = anew(program, usesOf);
        const actual = usesOf(program);
        actual.forEach((use, index) => {
          if (JSON.stringify(use) === JSON.stringify(expected[index])) return;
          wrong.push(`${file}: ${JSON.stringify(use)} for ${JSON.stringify(expected[index])}`);
        });
      });
    }

    expect(sources.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  test('before anything is visited, the module knows its names and all that refers to them', () => {
    const wrong: string[] = [];
    for (const file of sources) {
      transform(file, causes, (program) => {
        const actual = bindingsOf(program);
        const expected = anew(program, bindingsOf);
        expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [name, { type, constant, count }] of expected) {
          const found = actual.get(name)!;
          // Counted twice is harmless; a use that is not known may be removed.
          if (found.type === type && found.constant === constant && found.count >= count) continue;
          wrong.push(`${file}: ${name} ${JSON.stringify(found)}, not ${type} ${count}`);
        }
      });
    }

    expect(wrong).toEqual([]);
  });
});

test('whoever replaces all that refers to a name has replaced it everywhere', () => {
  const program = `import { value, f } from 'values';
    value.then(f); value.on('x', () => value.then(f)); setTimeout(f, value);
    export async function load(a = value) { return await f(value, await value); }
    const o = { async m() { await value.n; }, get: () => queueMicrotask(value) };
    document.onclick = value; value.onclick = f; for (const x of o) value.then(() => x);`;
  const { code } = transformSync(program, {
    ...{ configFile: false, babelrc: false, filename: '/app/a.js' },
    plugins: [
      [throughline, { causes: false }],
      () => ({
        visitor: {
          Program({ scope }: NodePath<t.Program>) {
            for (const path of scope.getBinding('value')!.referencePaths) {
              path.replaceWith(t.identifier('other'));
            }
          },
        },
      }),
    ],
  })!;

  expect(code!.match(/\bvalue\b/g)).toHaveLength(1);
  expect(code!.match(/\bother\b/g)!.length).toBeGreaterThan(12);
});

function transform(
  file: string,
  causes: boolean,
  look: (program: NodePath<t.Program>) => void,
): void {
  transformSync(readFileSync(file, 'utf8'), {
    ...{ configFile: false, babelrc: false, code: false, sourceType: 'unambiguous' },
    filename: file.replace(root, '/app'),
    parserOpts: {
      plugins: ['jsx', 'decorators', ...(file.endsWith('.ts') ? (['typescript'] as const) : [])],
    },
    plugins: [[throughline, { causes }], () => ({ visitor: { Program: look } })],
  });
}

/** The same of a copy of a program, which knows nothing yet. */
function anew<T>(program: NodePath<t.Program>, read: (copy: NodePath<t.Program>) => T): T {
  let result: T | undefined;
  traverse(t.file(t.cloneNode(program.node, true)), {
    Program(copy) {
      result = read(copy);
      copy.stop();
    },
  });
  return result!;
}

function usesOf(program: NodePath<t.Program>): Use[] {
  const numbers = new Map<t.Node, number>();
  t.traverseFast(program.node, (node) => {
    if (node.type === 'Identifier') numbers.set(node, numbers.size);
  });
  const nodes = new Set<t.Node>();
  t.traverseFast(program.node, (node) => void nodes.add(node));
  const typeIn = (node: t.Node): string => (nodes.has(node) ? node.type : 'not in the program');
  const uses: Use[] = [];
  program.traverse({
    Identifier(path) {
      const isUse: boolean = path.isReferencedIdentifier();
      if (!isUse && !path.isBindingIdentifier()) return;
      const { name } = path.node;
      const binding: Binding | undefined = path.scope.getBinding(name);
      uses.push({
        name,
        declaredAt: binding && numbers.get(binding.identifier),
        kind: binding?.kind,
        constant: binding?.constant,
        declaredBy: binding && typeIn(binding.path.node),
        isIn: binding && typeIn(binding.scope.block),
      });
    },
  });
  return uses;
}

interface Known {
  readonly type: string;
  readonly constant: boolean;
  readonly count: number;
}

function bindingsOf({ scope }: NodePath<t.Program>): Map<string, Known> {
  return new Map(
    Object.entries(scope.bindings).map(([name, { path, constant, references }]) => [
      name,
      { type: path.node.type, constant, count: references },
    ]),
  );
}

function inputs(folder: string): string[] {
  return filesOf(folder).filter((file) => /input\.[jt]sx?$/.test(file));
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('node_modules'))
    .map((name) => join(folder, name));
}
