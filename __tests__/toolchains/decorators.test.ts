import { Project } from './project';

const REGISTER = ['--import', '@throughline/babel-plugin/register'];
const BASE = ['@babel/core@7.29.13', '@babel/preset-typescript@7.29.7', 'reflect-metadata@0.2.2'];

/** What a framework of injection reads: the types of parameters, and what decorates them. */
const legacy = `
  import 'reflect-metadata';
  import { getLocal, register, setLocal } from '@throughline/runtime';
  const user = register('nobody');
  const Injectable = (): ClassDecorator => () => {};
  const Body = (): ParameterDecorator => (_target, key, index) => void seen.push(String(key) + index);
  function logged(_target: object, key: string, descriptor: PropertyDescriptor): void {
    const { value } = descriptor;
    descriptor.value = async function (this: unknown, ...args: unknown[]) {
      return \`\${key}: \${await value.apply(this, args)}\`;
    };
  }
  const seen: string[] = [];
  class Stock {}
  @Injectable()
  class Shop {
    constructor(private readonly stock: Stock) {}
    @logged async buy(@Body() what: string): Promise<string> {
      setLocal(user, what);
      await null;
      return \`\${getLocal(user)} \${this.stock instanceof Stock}\`;
    }
  }
  const types = Reflect.getMetadata('design:paramtypes', Shop).map((type: Function) => type.name);
  console.log(JSON.stringify([...types, ...seen, await new Shop(new Stock()).buy('ada'), getLocal(user)]));
`;

const ofTheLanguage = `
  function logged(value: (...args: any[]) => Promise<string>, { name }: ClassMethodDecoratorContext) {
    return async function (this: unknown, ...args: unknown[]) {
      return \`\${String(name)}: \${await value.apply(this, args)}\`;
    };
  }
  class Shop {
    @logged async buy(what: string) { await null; return what; }
  }
  console.log(JSON.stringify(await new Shop().buy('ada')));
`;

const experimental = JSON.stringify({
  compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true },
});

describe.each(['typescript@5.9.3', '@swc/core@1.15.3'])('with %s', (compiler) => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with([...BASE, compiler]);
  });

  test('decorators of TypeScript, of parameters too, with the types that they read', async () => {
    const config = `{ "extends": "./base.json" } // as in a monorepo`;
    project.write({ 'src/app.ts': legacy, 'tsconfig.json': config, 'base.json': experimental });

    const seen = ['Stock', 'buy0', 'buy: ada true', 'nobody'];
    expect(await project.seenBy(...REGISTER, 'src/app.ts')).toEqual(seen);
    // From the cache.
    expect(await project.seenBy(...REGISTER, 'src/app.ts')).toEqual(seen);
  });

  test('decorators of the language', async () => {
    project.write({ 'src/app.ts': ofTheLanguage, 'tsconfig.json': '{}' });

    expect(await project.seenBy(...REGISTER, 'src/app.ts')).toBe('buy: ada');
  });

  test('an error names the line that was written', async () => {
    const code = `const d = (): any => () => {};\n\n@d()\nclass A {\n  async m(): Promise<void> {\n    throw new Error('no');\n  }\n}\nawait new A().m();`;
    project.write({ 'src/app.ts': code, 'tsconfig.json': experimental });

    await expect(project.run(...REGISTER, 'src/app.ts')).rejects.toThrow(/src\/app\.ts:6:\d+\)/);
  });
});

test('without a compiler, the error says which one to install', async () => {
  const project = await Project.with([...BASE, 'typescript@7.0.2']);
  project.write({
    'src/app.ts': ofTheLanguage,
    'src/other.ts':
      "/** @param x */ const mail: string = 'a @b'; console.log(JSON.stringify(mail));",
  });

  await expect(project.run(...REGISTER, 'src/app.ts')).rejects.toThrow(
    'TL_DECORATORS_NEED_COMPILER',
  );
  expect(await project.seenBy(...REGISTER, 'src/other.ts')).toBe('a @b');
});
