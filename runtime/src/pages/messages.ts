import { currentFrame } from '../kernel/index.js';
import { offerFor } from '../libraries/event-stream-texts.js';
import { chosenName, newMark, offeredNames, offerFrom } from '../libraries/socket-texts.js';
import type { Offer } from '../libraries/socket-texts.js';
import { watchEventSources } from '../libraries/standard-event-sources.js';
import { watchSockets } from '../libraries/standard-sockets.js';
import type { Opening } from '../libraries/standard-sockets.js';
import { inject } from '../operations/carrier.js';
import { isEngine } from '../operations/websocket-header.js';

/** Has the page's sockets and streams of events take the task of a message along, for some addresses. */
export function watchMessages(isPeer: (url: URL) => boolean): void {
  watchPageSockets(isPeer);
  watchEventSources(([address, ...others]) => {
    const url = urlOf(address);
    if (!isPeer(url)) return undefined;
    const mark = newMark();
    // What comes after a # is not sent.
    const [sent] = url.href.split('#') as [string];
    const added = offerFor(sent, mark, traceParent());
    return { url, mark, args: [sent + added, ...others], added, frame: currentFrame() };
  });
}

/**
 * A socket agrees by the name of a subprotocol, which a server has to know: a browser gives up a connection whose server chooses none of those that
 * it was offered.
 */
function watchPageSockets(isPeer: (url: URL) => boolean): void {
  const offers = new WeakMap<Opening, Offer>();
  watchSockets({
    open([address, protocols = []]) {
      const url = urlOf(address);
      if (!isPeer(url) || isEngine(url.search)) return undefined;
      const own = typeof protocols === 'string' ? [protocols] : [...(protocols as string[])];
      const offer = offerFrom(newMark(), traceParent());
      const opening = { url, mark: offer.mark, isAgreed: false };
      offers.set(opening, offer);
      return { opening, args: [address, offeredNames(offer, own)], frame: currentFrame() };
    },
    opened(opening, answered) {
      const chosen = chosenName(offers.get(opening)!, answered);
      opening.isAgreed = chosen !== undefined;
      opening.protocol = chosen;
    },
  });
}

/** Returns where a connection comes from that is opened now. */
function traceParent(): string | undefined {
  return inject<{ traceparent?: string }>({}).traceparent;
}

function urlOf(address: unknown): URL {
  return new URL(String(address), globalThis.document?.baseURI);
}
