import { WIRE } from '../reports/report-fields.js';
import { WireReader } from '../reports/wire-reader.js';

/** A control message: the topics to subscribe to and to unsubscribe from. */
export interface Control {
  readonly subscribe: readonly Uint8Array[];
  readonly unsubscribe: readonly Uint8Array[];
}

/** The fields of a control message (Brown's X-Trace, `pubsub.proto`). */
const SUBSCRIBE = 1;
const UNSUBSCRIBE = 2;

/** Decodes a control message. Throws an `Error` for malformed bytes. */
export function decodeControl(bytes: Uint8Array): Control {
  return new ControlReader().read(bytes);
}

class ControlReader extends WireReader {
  read(bytes: Uint8Array): Control {
    this.bytes = bytes;
    this.end = bytes.length;
    const subscribe: Uint8Array[] = [];
    const unsubscribe: Uint8Array[] = [];
    while (this.at < this.end) {
      const tag = this.varint();
      const field = tag >>> 3;
      if ((tag & 7) === WIRE.bytes) {
        const length = this.varint();
        this.forward(length);
        const topic = bytes.subarray(this.at - length, this.at);
        if (field === SUBSCRIBE) subscribe.push(topic);
        if (field === UNSUBSCRIBE) unsubscribe.push(topic);
      } else this.skip(tag & 7, field, 0);
    }
    return { subscribe, unsubscribe };
  }
}
