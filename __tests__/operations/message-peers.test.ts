// What a page asks of which servers, and what a server reads of it.
import fc from 'fast-check';
import {
  agreedName,
  namesOf,
  newMark,
  newOffer,
  readAnswer,
  readOffer,
  readText,
  refusedName,
  textBefore,
} from '../../runtime/src/sockets/socket-texts';
import { headerFor, upgradeOf } from '../../runtime/src/sockets/websocket-handshakes';
import { messagePeers } from '../../runtime/src/pages/message-peers';

test.each([
  ['example.org', ['ws://example.org/', 'wss://example.org:8080/chat'], ['ws://api.example.org/']],
  ['*.example.org', ['ws://api.example.org/x'], ['ws://example.org/']],
  ['example.org:8080', ['ws://example.org:8080/'], ['ws://example.org/', 'ws://example.org:81/']],
  ['example.org/chat*', ['ws://example.org/chat/1'], ['ws://example.org/other']],
  [
    ' /live , /chat',
    ['ws://own:3000/live', 'ws://own:3000/chat'],
    ['ws://own/live', 'ws://own:3000/'],
  ],
])('the page has named %j', (setting, named, others) => {
  const isPeer = messagePeers(setting, 'own:3000')!;
  expect(named.filter((url) => !isPeer(new URL(url)))).toEqual([]);
  expect(others.filter((url) => isPeer(new URL(url)))).toEqual([]);
});

test.each([undefined, '', ' , '])('%j names nobody', (setting) => {
  expect(messagePeers(setting, 'own')).toBeUndefined();
});

const token = fc
  .stringMatching(/^[\w!#$%&'*.^`|~+-]{1,12}$/)
  .filter((name) => !name.startsWith('throughline.'));
const traceparent = fc.constantFrom(undefined, `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`);

test('a server reads the offer, shows the program its own names, and the page reads the answer', () => {
  fc.assert(
    fc.property(fc.uniqueArray(token, { maxLength: 4 }), traceparent, (own, from) => {
      const offer = newOffer(newMark(), from);
      const read = readOffer(namesOf(offer, own).join(', '))!;
      expect(read.offer).toEqual(offer);
      expect(read.others).toBe(own.length > 0 ? own.join(', ') : undefined);
      for (const chosen of [undefined, ...own]) {
        const name = agreedName(read.offer, chosen);
        expect(namesOf(offer, own)).toContain(name);
        expect(readAnswer(offer, name)).toEqual({ chosen: chosen ?? '', isAgreed: true });
        expect(readAnswer(offer, chosen ?? '')).toEqual({ chosen: chosen ?? '', isAgreed: false });
      }
      expect(readAnswer(offer, refusedName(offer))).toEqual({ chosen: '', isAgreed: false });
    }),
  );
});

test('whatever a client sends, a server agrees to what it knows only', () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string()), fc.string(), (names, key, header) => {
      readOffer(names);
      const headers = { 'sec-websocket-key': key ?? undefined, 'throughline-messages': header };
      expect(upgradeOf({ url: '/', headers } as never, {})).toMatchObject({ by: undefined });
    }),
  );
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const of = (header: string, maxPayload?: number): unknown =>
    upgradeOf(
      { url: '/', headers: { 'sec-websocket-key': key, 'throughline-messages': header } },
      { ...(maxPayload !== undefined && { maxPayload }) },
    ).by;
  expect(of(headerFor('pongs', key))).toBe('pongs');
  expect(of(headerFor('texts', key))).toEqual({ mark: '7468652073616d70' });
  expect(of(headerFor('texts', key), 127)).toBeUndefined();
  // One that a gateway has copied from another connection.
  expect(of(headerFor('texts', 'AQIDBAUGBwgJCgsMDQ4PEC=='))).toBeUndefined();
});

test('texts of others, and of other connections, are messages', () => {
  const mark = newMark();
  expect(readText(mark, textBefore(mark))).toBeDefined();
  expect(textBefore(mark).length).toBeLessThanOrEqual(77);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readText(mark, text)).toBeUndefined();
      expect(readText(mark, `${mark} ${text}`)).toEqual({ sender: undefined });
    }),
  );
  expect(readText(newMark(), textBefore(mark))).toBeUndefined();
});
