import { parseAddress } from '../../runtime/src/xtrace/address';

test.each([
  [':5000', { host: '127.0.0.1', port: 5000, isEncrypted: false, isAcknowledged: true }],
  [
    'collector.internal',
    { host: 'collector.internal', port: 5563, text: 'collector.internal:5563' },
  ],
  ['[::1]:5000', { host: '::1', port: 5000, text: '[::1]:5000' }],
  ['pubsub://x:1', { host: 'x', isEncrypted: false, isAcknowledged: false, text: 'x:1' }],
  ['PubSub://x:1', { isAcknowledged: false }],
  ['tls://x:1', { host: 'x', isEncrypted: true, isAcknowledged: true, text: 'tls://x:1' }],
  ['TLS://x', { host: 'x', isEncrypted: true }],
  ['tls://[::1]:1', { host: '::1', isEncrypted: true, text: 'tls://[::1]:1' }],
  ['unix:/run/t.sock', { path: '/run/t.sock', isEncrypted: false, text: 'unix:/run/t.sock' }],
])('%s', (address, expected) => {
  expect(parseAddress(address)).toMatchObject(expected);
});

test.each(['', 'unix:', 'ssl://x', 'tls://x:0', 'x:70000', 'a b', 7, undefined])(
  '%p is refused',
  (address) => {
    expect(() => parseAddress(address)).toThrow(
      /must look like .*"tls:\/\/host:5563".*TL_ADDRESS_INVALID/,
    );
  },
);
