import { currentFrame } from '../kernel/index.js';
import { inject } from '../operations/carrier.js';
import { chosenName, newMark, offeredNames, offerFrom } from '../libraries/socket-texts.js';
import type { Offer } from '../libraries/socket-texts.js';
import { watchSockets } from '../libraries/standard-sockets.js';
import type { Opening } from '../libraries/standard-sockets.js';
import { isEngine } from '../operations/websocket-header.js';

/**
 * Has the page's WebSockets to some addresses take the task of a message along. They agree by the name of a subprotocol, which a server has to know: a
 * browser gives up a connection whose server chooses none.
 */
export function watchPageSockets(isChosen: (url: URL) => boolean): void {
  const offers = new WeakMap<Opening, Offer>();
  watchSockets({
    open([address, protocols = []]) {
      const url = new URL(String(address), globalThis.document?.baseURI);
      if (!isChosen(url) || isEngine(url.search)) return undefined;
      const own = typeof protocols === 'string' ? [protocols] : [...(protocols as string[])];
      const offer = offerFrom(newMark(), inject<{ traceparent?: string }>({}).traceparent);
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
