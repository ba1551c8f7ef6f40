import { operation } from '../../runtime/src/operations/operation';
import { client, log } from '../../runtime/src/xtrace/log';
import { takeReports as queued } from '../harness/reports';

beforeEach(() => void queued());
afterEach(() => {
  client.state.keeps = undefined;
});

test('of a task that is not kept, no field is read', () => {
  let reads = 0;
  const fields = {
    get one() {
      return ++reads;
    },
    two: { toJSON: () => ++reads },
  };
  client.state.keeps = () => false;
  log('event', fields);
  operation('work', fields, () => {});
  expect([reads, queued()]).toEqual([0, []]);

  client.state.keeps = undefined;
  log('event', fields);
  operation('work', fields, () => {});
  expect(reads).toBe(4);
  expect(queued().map(({ label }) => label)).toEqual(['event', 'work', 'work ended']);
});

test('what cannot be read does not stop the program', () => {
  const unreadable = {
    get one(): never {
      throw new Error('no');
    },
    two: { toJSON: () => BigInt(1) },
    three: Symbol('x'),
    four: undefined,
  };
  const keyless = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  log('event', unreadable);
  log('keyless', keyless);
  operation('work', unreadable, () => {});
  operation('keyless work', keyless, () => {});
  const [event, bare, begin] = queued();
  const texts = [
    ['one', '(unreadable)'],
    ['two', '(unreadable)'],
    ['three', 'Symbol(x)'],
  ];
  expect(event!.fields).toEqual([...texts, ['four', 'undefined']]);
  expect(bare!.fields).toBeUndefined();
  expect(begin!.fields).toEqual(expect.arrayContaining(texts));
  expect(begin!.fields!.map(([name]) => name)).not.toContain('four');
});

test('an event has its parents, and a report all that is known of the process', () => {
  const first = log('first');
  log('second', { n: 1 });
  const [, second] = queued();
  expect(second).toMatchObject({ label: 'second', parentEventIds: [first], fields: [['n', '1']] });
});
