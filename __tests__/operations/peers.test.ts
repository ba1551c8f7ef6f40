import { peersOf } from '../../runtime/src/operations/peers';

test.each([
  'localhost',
  'LOCALHOST',
  'orders',
  'orders.default.svc',
  'orders.default.svc.cluster.local',
  'printer.local',
  'db.internal',
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.1.1',
  '100.64.0.1',
  '[::1]',
  '::1',
  'fd12:3456::1',
  'fe80::1',
])('%s is in the own network', (host) => {
  expect(peersOf([])(host)).toBe(true);
});

test.each([
  'example.com',
  'localhost.example.com',
  'api.stripe.com',
  'internal.example.com',
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '11.0.0.1',
  '2001:db8::1',
])('%s is not', (host) => {
  expect(peersOf([])(host)).toBe(false);
});

test('hosts of other networks are named, with * for any part', () => {
  const isPeer = peersOf(['api.example.com', '*.partner.org', 'a.b+c']);
  expect(isPeer('api.example.com')).toBe(true);
  expect(isPeer('API.example.com')).toBe(true);
  expect(isPeer('apixexample.com')).toBe(false);
  expect(isPeer('one.two.partner.org')).toBe(true);
  expect(isPeer('partner.org')).toBe(false);
  expect(isPeer('partner.org.evil.com')).toBe(false);
  expect(peersOf(['*'])('example.com')).toBe(true);
});
