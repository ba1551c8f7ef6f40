import { ByteReader } from '../../collector/src/store/byte-buffer';
import { isClickHouse, withoutPassword } from '../../collector/src/store/location';

test.each([
  ['clickhouse://h:8123/d', 'clickhouse://h:8123/d'],
  ['clickhouse://u@h/d', 'clickhouse://u@h/d'],
  ['clickhouse://u:p@h:8123/d', 'clickhouse://u:***@h:8123/d'],
  // Written wrong, too.
  ['clickhouse://u:p@ss@h/d', 'clickhouse://u:***@h/d'],
  ['clickhouse://u:p:q/r@h/d', 'clickhouse://u:***@h/d'],
  ['CLICKHOUSE://u:p@h/d', 'CLICKHOUSE://u:***@h/d'],
  ['clickhouses://:p@h/d?access_token=t', 'clickhouses://:***@h/d?***'],
  ['/home/u:p@h/events.db', '/home/u:p@h/events.db'],
])('%s is shown as %s', (location, shown) => {
  expect(withoutPassword(location)).toBe(shown);
  expect(isClickHouse(location)).toBe(/^clickhouse/i.test(location));
});

test('bytes that are cut are no endless loop', () => {
  expect(() => new ByteReader(Uint8Array.of(0x80, 0x80)).varint()).toThrow('end too early');
  expect(() => new ByteReader(new Uint8Array()).varint()).toThrow('end too early');
});
