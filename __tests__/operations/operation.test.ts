import { getLocal, register, setLocal } from '../../runtime/src/index';
import { operation } from '../../runtime/src/operations';
import { log, startTask } from '../../runtime/src/xtrace/node';
import type { Report } from '../../runtime/src/xtrace/report';
import { evaluate, instrument } from '../harness/instrument';
import { takeReports } from '../harness/reports';

/** What was logged, a line an event: phase, label, and its parents by label. */
function graph(): string[] {
  const reports = takeReports();
  const named = (report: Report): string => {
    const phase = report.fields?.find(([key]) => key === 'phase')?.[1];
    return phase === undefined ? report.label : `${phase} ${report.label}`;
  };
  return reports.map((report) => {
    const parents = report.parentEventIds.map((id) => {
      const parent = reports.find(({ eventId }) => eventId === id);
      return parent ? named(parent) : 'elsewhere';
    });
    return `${named(report)} <- ${parents.sort().join(', ')}`;
  });
}

/** Returns the function `main` of an instrumented module. */
function instrumented(code: string): () => Promise<unknown> {
  const compiled = instrument(code, {}, { commonjs: true });
  return evaluate(compiled, { operation, log, tick })['main'] as () => Promise<unknown>;
}

const fieldsOf = ({ fields = [] }: Report): Record<string, string> => Object.fromEntries(fields);
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  takeReports();
  startTask();
});

test('a synchronous operation is part of its caller', () => {
  const result = operation('add', () => {
    log('inside');
    return 3;
  });
  log('after');

  expect(result).toBe(3);
  expect(graph()).toEqual([
    'begin add <- ',
    'inside <- begin add',
    'end add ended <- inside',
    'after <- end add ended',
  ]);
});

test('operations that are awaited together run side by side, and are joined', async () => {
  const main = instrumented(`
    export async function main() {
      const load = (name) => operation(name, async () => {
        await tick();
        log(name + ' loaded');
        return name;
      });
      log('before');
      const loaded = await Promise.all([load('a'), load('b')]);
      log('after');
      return loaded;
    }
  `);
  expect(await main()).toEqual(['a', 'b']);

  expect(graph().sort()).toEqual([
    'a loaded <- begin a',
    'after <- end a ended, end b ended',
    'b loaded <- begin b',
    'before <- ',
    'begin a <- before',
    'begin b <- before',
    'end a ended <- a loaded',
    'end b ended <- b loaded',
  ]);
});

test('the end comes after everything that it has waited for, and not after what it left behind', async () => {
  const main = instrumented(`
    export async function main() {
      let left;
      await operation('all', async () => {
        left = operation('left', async () => {
          await tick();
          await tick();
        });
        await operation('inner', tick);
      });
      await left;
      log('after');
    }
  `);
  await main();

  expect(graph().sort()).toEqual([
    'after <- end all ended, end left ended',
    'begin all <- ',
    'begin inner <- begin all',
    'begin left <- begin all',
    'end all ended <- end inner ended',
    'end inner ended <- begin inner',
    'end left ended <- begin left',
  ]);
});

test('fields, ids and the status', () => {
  operation('add', { cart: 3, note: undefined }, () => {});

  const [begin, end] = takeReports();
  expect(fieldsOf(begin!)).toEqual({
    operation: begin!.eventId,
    phase: 'begin',
    kind: 'internal',
    cart: '3',
  });
  expect(fieldsOf(end!)).toEqual({ operation: begin!.eventId, phase: 'end', status: 'ok' });
});

test.each([
  [
    'throws',
    (error: unknown) => {
      throw error;
    },
  ],
  [
    'rejects',
    async (error: unknown) => {
      await tick();
      throw error;
    },
  ],
])('one that %s names the error and its causes, which the caller gets', async (_, fail) => {
  const error = new TypeError('no cart', { cause: new Error('no row', { cause: 'no table' }) });
  const failed = async (): Promise<void> => operation('load', () => fail(error)) as Promise<void>;
  await expect(failed()).rejects.toBe(error);
  log('after');

  const [, end, after] = takeReports();
  expect(fieldsOf(end!)).toMatchObject({
    status: 'error',
    'error.type': 'TypeError',
    'error.message': 'no cart',
    'error.causes': 'Error: no row\nno table',
  });
  expect(after!.label).toBe('after');
});

test('one that is given up is cancelled', async () => {
  const { signal } = Object.assign(new AbortController());
  const wait = operation(
    'wait',
    () =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  );
  const aborted = AbortSignal.abort().reason as Error;
  const thrown = operation('stop', () => Promise.reject(aborted));
  await expect(thrown).rejects.toBe(aborted);
  void wait;

  const end = takeReports().find(({ fields }) => fields?.some(([, value]) => value === 'end'));
  expect(fieldsOf(end!)['status']).toBe('cancelled');
});

test('slots that it sets are its own', () => {
  const slot = register('caller');
  operation('set', () => setLocal(slot, 'own'));
  expect(getLocal(slot)).toBe('caller');
});

test('long labels and fields are cut', () => {
  operation('x'.repeat(300), { text: 'y'.repeat(9000) }, () => {});

  const [begin] = takeReports();
  expect(begin!.label).toBe(`${'x'.repeat(255)}…`);
  expect(fieldsOf(begin!)['text']).toBe(`${'y'.repeat(8191)}…`);
});
