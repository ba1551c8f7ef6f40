import { currentFrame } from '../kernel/index.js';
import { inject } from '../operations/carrier.js';
import { isEngine } from '../operations/websocket-header.js';
import { offerFor } from '../sockets/event-stream-texts.js';
import { namesOf, newMark, newOffer, readAnswer } from '../sockets/socket-texts.js';
import { watchEventSources } from '../sockets/standard-event-sources.js';
import { watchSockets } from '../sockets/standard-sockets.js';
import type { SocketState } from '../sockets/standard-sockets.js';

/** Has the page's sockets and streams of events take the task of a message along, for some addresses. */
export function watchMessages(isPeer: (url: URL) => boolean): void {
  watchPageSockets(isPeer);
  watchEventSources(([address, ...others]) => {
    const url = urlOf(address);
    if (!isPeer(url)) return undefined;
    const mark = newMark();
    const { href: shown, hash } = url;
    const sent = shown.slice(0, shown.length - hash.length);
    const asking = sent + offerFor(sent, mark, traceParent()) + hash;
    return { url, shown, mark, args: [asking, ...others], frame: currentFrame() };
  });
}

/**
 * A socket agrees by the name of a subprotocol, which a server has to know: a browser gives up a connection whose server chooses none of those that
 * it was offered.
 */
function watchPageSockets(isPeer: (url: URL) => boolean): void {
  watchSockets(([address, protocols = []]) => {
    const url = urlOf(address);
    if (!isPeer(url) || isEngine(url.search)) return undefined;
    const own = typeof protocols === 'string' ? [protocols] : [...(protocols as string[])];
    const offer = newOffer(newMark(), traceParent());
    const state: SocketState = { url, mark: offer.mark, isAgreed: false };
    const opened = (answered: string): void => {
      const { chosen, isAgreed } = readAnswer(offer, answered);
      Object.assign(state, { isAgreed, protocol: chosen });
    };
    return { state, args: [address, namesOf(offer, own)], frame: currentFrame(), opened };
  });
}

/** Returns where a connection comes from that is opened now. */
function traceParent(): string | undefined {
  return inject<{ traceparent?: string }>({}).traceparent;
}

function urlOf(address: unknown): URL {
  return new URL(String(address), globalThis.document?.baseURI);
}
