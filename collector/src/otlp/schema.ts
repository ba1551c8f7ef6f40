/** How a field is encoded, and what its JSON encoding has for it. */
export type FieldType =
  | 'string'
  | 'bool'
  | 'enum'
  | 'double'
  /** Bytes as hex digits: an id. */
  | 'id'
  /** Bytes as base64. */
  | 'bytes'
  /** An integer of 64 bits as a decimal. */
  | 'int64'
  | 'fixed64'
  | Schema;

/** The fields of a message by number: the name, the type, and whether it is a list. */
export interface Schema {
  readonly [number: number]: readonly [
    name: string,
    type: FieldType | (() => FieldType),
    isList?: true,
  ];
}

const arrayValue: Schema = { 1: ['values', () => anyValue, true] };
const kvlistValue: Schema = { 1: ['values', () => keyValue, true] };
const anyValue: Schema = {
  1: ['stringValue', 'string'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int64'],
  4: ['doubleValue', 'double'],
  5: ['arrayValue', arrayValue],
  6: ['kvlistValue', kvlistValue],
  7: ['bytesValue', 'bytes'],
};
const keyValue: Schema = { 1: ['key', 'string'], 2: ['value', anyValue] };
const resource: Schema = { 1: ['attributes', keyValue, true] };
const scope: Schema = { 1: ['name', 'string'] };
const spanEvent: Schema = {
  1: ['timeUnixNano', 'fixed64'],
  2: ['name', 'string'],
  3: ['attributes', keyValue, true],
};
const spanLink: Schema = { 1: ['traceId', 'id'], 2: ['spanId', 'id'] };
const status: Schema = { 2: ['message', 'string'], 3: ['code', 'enum'] };
const span: Schema = {
  1: ['traceId', 'id'],
  2: ['spanId', 'id'],
  4: ['parentSpanId', 'id'],
  5: ['name', 'string'],
  6: ['kind', 'enum'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', keyValue, true],
  11: ['events', spanEvent, true],
  13: ['links', spanLink, true],
  15: ['status', status],
};
const logRecord: Schema = {
  1: ['timeUnixNano', 'fixed64'],
  3: ['severityText', 'string'],
  5: ['body', anyValue],
  6: ['attributes', keyValue, true],
  9: ['traceId', 'id'],
  10: ['spanId', 'id'],
  11: ['observedTimeUnixNano', 'fixed64'],
  12: ['eventName', 'string'],
};
const scopeSpans: Schema = { 1: ['scope', scope], 2: ['spans', span, true] };
const scopeLogs: Schema = { 1: ['scope', scope], 2: ['logRecords', logRecord, true] };

/** `ExportTraceServiceRequest` (opentelemetry-proto, `trace_service.proto`). */
export const tracesRequest: Schema = {
  1: ['resourceSpans', { 1: ['resource', resource], 2: ['scopeSpans', scopeSpans, true] }, true],
};
/** `ExportLogsServiceRequest` (opentelemetry-proto, `logs_service.proto`). */
export const logsRequest: Schema = {
  1: ['resourceLogs', { 1: ['resource', resource], 2: ['scopeLogs', scopeLogs, true] }, true],
};
