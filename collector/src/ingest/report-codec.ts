import protobuf from 'protobufjs/light.js';
import type { Report } from '@throughline/runtime/report';

/**
 * The wire fields of X-Trace's report v4 (proto2, package pubsub, the reference's field numbers). The runtime's
 * report-writer.ts encodes reports.
 */
const fields = {
  taskId: { id: 1, type: 'sfixed64' },
  eventId: { id: 2, type: 'sfixed64' },
  parentEventId: { id: 3, type: 'sfixed64', rule: 'repeated', options: { packed: false } },
  timestamp: { id: 4, type: 'int64' },
  hrt: { id: 5, type: 'int64' },
  cycles: { id: 6, type: 'int64' },
  host: { id: 7, type: 'string' },
  processId: { id: 8, type: 'int32' },
  processName: { id: 9, type: 'string' },
  threadId: { id: 10, type: 'int32' },
  threadName: { id: 11, type: 'string' },
  agent: { id: 12, type: 'string' },
  source: { id: 13, type: 'string' },
  label: { id: 14, type: 'string' },
  key: { id: 15, type: 'string', rule: 'repeated' },
  value: { id: 16, type: 'string', rule: 'repeated' },
  tags: { id: 17, type: 'string', rule: 'repeated' },
  tenantClass: { id: 18, type: 'int32' },
} as const;

/** Set on each type: by default the library uses proto3 and drops fields that are 0 or empty. */
const edition = 'proto2';
const root = protobuf.Root.fromJSON({
  nested: {
    XTraceReportv4: { edition, fields },
    ControlMessage: {
      edition,
      fields: {
        topicSubscribe: { id: 1, type: 'bytes', rule: 'repeated' },
        topicUnsubscribe: { id: 2, type: 'bytes', rule: 'repeated' },
      },
    },
  },
} as never);
const XTraceReportv4 = root.lookupType('XTraceReportv4');
const ControlMessage = root.lookupType('ControlMessage');

/** A 64-bit integer as the library decodes it. */
interface Long64 {
  low: number;
  high: number;
}

/** Returns an id as 16 hex digits. */
function idOf({ low, high }: Long64): string {
  return hex(high) + hex(low);
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}

/** Fields with the same name on the wire and in a report. */
const SAME_NAME_FIELDS = [
  'host',
  'processId',
  'processName',
  'threadId',
  'threadName',
  'agent',
  'source',
] as const;

/**
 * Decodes one report. Throws an `Error` for malformed bytes or missing ids.
 *
 * Accepts timestamps in the schema's milliseconds and in the paper's microseconds. Today these have 13 and 16
 * digits, so the size tells them apart. Drops parents that are 0; an event without parents is a root.
 */
export function decodeReport(bytes: Uint8Array): Report {
  const message = XTraceReportv4.decode(bytes) as unknown as Partial<
    Record<keyof typeof fields, unknown>
  >;
  const own = (name: string): boolean => Object.hasOwn(message, name);
  if (!own('taskId') || !own('eventId')) {
    throw new Error(
      `a report must have task_id and event_id, got ${own('taskId') ? 'only task_id' : own('eventId') ? 'only event_id' : 'neither'}`,
    );
  }
  const ids = (message.parentEventId ?? []) as Long64[];
  const keys = (message.key ?? []) as string[];
  const values = (message.value ?? []) as string[];
  const tags = (message.tags ?? []) as string[];
  const present = SAME_NAME_FIELDS.filter(own).map((name) => [name, message[name]]);
  return {
    taskId: idOf(message.taskId as Long64),
    eventId: idOf(message.eventId as Long64),
    parentEventIds: ids.map(idOf).filter((id) => !/^0+$/.test(id)),
    timestamp: toMicroseconds(own('timestamp') ? Number(String(message.timestamp)) : 0),
    label: own('label') ? (message.label as string) : '',
    ...(Object.fromEntries(present) as Partial<Report>),
    ...(keys.length > 0 && { fields: keys.map((key, i) => [key, values[i] ?? ''] as const) }),
    ...(tags.length > 0 && { tags }),
  };
}

const LAST_MILLISECONDS = 1e14;

function toMicroseconds(timestamp: number): number {
  const microseconds = Math.abs(timestamp) < LAST_MILLISECONDS ? timestamp * 1000 : timestamp;
  // A wrong clock must not produce a number that JavaScript cannot represent exactly.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, microseconds));
}

/** A control message: the topics to subscribe to and to unsubscribe from. */
export interface Control {
  readonly subscribe: readonly Uint8Array[];
  readonly unsubscribe: readonly Uint8Array[];
}

/** Encodes a control message. */
export function encodeControl({ subscribe, unsubscribe }: Control): Uint8Array {
  return ControlMessage.encode({
    topicSubscribe: subscribe,
    topicUnsubscribe: unsubscribe,
  }).finish();
}

/** Decodes a control message. Throws an `Error` for malformed bytes. */
export function decodeControl(bytes: Uint8Array): Control {
  const message = ControlMessage.decode(bytes) as unknown as {
    topicSubscribe?: Uint8Array[];
    topicUnsubscribe?: Uint8Array[];
  };
  return { subscribe: message.topicSubscribe ?? [], unsubscribe: message.topicUnsubscribe ?? [] };
}
