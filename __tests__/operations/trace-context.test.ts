import { formatTraceParent, parseTraceParent } from '../../runtime/src/operations/trace-context';

const task = '0af7651916cd43dd8448eb211c80319c';
const event = 'b7ad6b7169203331';

test('a traceparent is read', () => {
  expect(parseTraceParent(`00-${task}-${event}-01`)).toEqual({
    taskId: task,
    eventId: event,
    flags: '01',
  });
});

test.each([
  ['nothing', undefined],
  ['an empty value', ''],
  ['the forbidden version', `ff-${task}-${event}-01`],
  ['upper case', `00-${task.toUpperCase()}-${event}-01`],
  ['a task of zeros', `00-${'0'.repeat(32)}-${event}-01`],
  ['an event of zeros', `00-${task}-${'0'.repeat(16)}-01`],
  ['an id that is too short', `00-${task.slice(1)}-${event}-01`],
  ['an id that is too long', `00-${task}0-${event}-01`],
  ['no flags', `00-${task}-${event}`],
  ['flags that are no digits', `00-${task}-${event}-0x`],
  ['more than version 00 has', `00-${task}-${event}-01-more`],
  ['another separator', `00_${task}_${event}_01`],
  ['two values', `00-${task}-${event}-01,00-${task}-${event}-01`],
])('%s is no traceparent', (_, text) => {
  expect(parseTraceParent(text)).toBeUndefined();
});

test('later versions are read as far as they are known', () => {
  expect(parseTraceParent(`01-${task}-${event}-01-what-the-future-will-be`)?.taskId).toBe(task);
  expect(parseTraceParent(`cc-${task}-${event}-09`)?.flags).toBe('09');
  expect(parseTraceParent(`01-${task}-${event}-01.more`)).toBeUndefined();
});

test('only flags that are known go on, in version 00', () => {
  const write = (flags: string): string =>
    formatTraceParent({ taskId: task, eventId: event, flags });
  expect(write('01')).toBe(`00-${task}-${event}-01`);
  expect(write('03')).toBe(`00-${task}-${event}-03`);
  expect(write('ff')).toBe(`00-${task}-${event}-03`);
  expect(write('00')).toBe(`00-${task}-${event}-00`);
});
