/** How a field is written: its number, its type, and whether it is repeated. */
type Field = readonly [number: number, type: keyof typeof writers | MessageName, repeated?: true];
type Schema = Readonly<Record<string, Field>>;

/** The messages, by the names of their fields in JSON (opentelemetry-proto, trace.proto, logs.proto, common.proto, resource.proto). */
const schemas = {
  traces: { resourceSpans: [1, 'resourceSpans', true] },
  resourceSpans: { resource: [1, 'resource'], scopeSpans: [2, 'scopeSpans', true] },
  scopeSpans: { scope: [1, 'scope'], spans: [2, 'span', true] },
  span: {
    traceId: [1, 'hex'],
    spanId: [2, 'hex'],
    parentSpanId: [4, 'hex'],
    name: [5, 'string'],
    kind: [6, 'varint'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, 'keyValue', true],
    links: [13, 'link', true],
    status: [15, 'status'],
  },
  link: { traceId: [1, 'hex'], spanId: [2, 'hex'], attributes: [4, 'keyValue', true] },
  status: { message: [2, 'string'], code: [3, 'varint'] },
  logs: { resourceLogs: [1, 'resourceLogs', true] },
  resourceLogs: { resource: [1, 'resource'], scopeLogs: [2, 'scopeLogs', true] },
  scopeLogs: { scope: [1, 'scope'], logRecords: [2, 'logRecord', true] },
  logRecord: {
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'varint'],
    severityText: [3, 'string'],
    body: [5, 'anyValue'],
    attributes: [6, 'keyValue', true],
    traceId: [9, 'hex'],
    spanId: [10, 'hex'],
    observedTimeUnixNano: [11, 'fixed64'],
    eventName: [12, 'string'],
  },
  resource: { attributes: [1, 'keyValue', true] },
  scope: { name: [1, 'string'], version: [2, 'string'] },
  keyValue: { key: [1, 'string'], value: [2, 'anyValue'] },
  anyValue: { stringValue: [1, 'string'], intValue: [3, 'varint'] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;

type MessageName = keyof typeof schemas;

const encoder = new TextEncoder();

/** The types that are no messages: their wire types, and their bytes (Protocol Buffers, "Encoding"). */
const writers = {
  string: { wire: 2, bytes: (value: unknown) => encoder.encode(String(value)) },
  hex: { wire: 2, bytes: (value: unknown) => Buffer.from(String(value), 'hex') },
  varint: {
    wire: 0,
    bytes: (value: unknown) => varint(BigInt.asUintN(64, BigInt(value as string))),
  },
  fixed64: { wire: 1, bytes: fixed64 },
};

/** Encodes a request to a receiver of OpenTelemetry, which its JSON describes. */
export function encodeRequest(name: 'traces' | 'logs', request: object): Uint8Array {
  return Buffer.concat(partsOf(schemas[name], request));
}

function partsOf(schema: Schema, message: object): Uint8Array[] {
  return Object.entries(message).flatMap(([key, value]: [string, unknown]) => {
    const field = schema[key];
    if (field === undefined || value === undefined) return [];
    const [number, type, isRepeated] = field;
    const values = isRepeated ? (value as readonly unknown[]) : [value];
    return values.flatMap((one) => fieldOf(number, type, one));
  });
}

function fieldOf(number: number, type: Field[1], value: unknown): Uint8Array[] {
  if (!isPlain(type)) {
    const contents = Buffer.concat(partsOf(schemas[type], value as object));
    return [tag(number, 2), varint(BigInt(contents.length)), contents];
  }
  const { wire, bytes } = writers[type];
  const contents = bytes(value);
  const length = wire === 2 ? [varint(BigInt(contents.length))] : [];
  return [tag(number, wire), ...length, contents];
}

function isPlain(type: Field[1]): type is keyof typeof writers {
  return Object.hasOwn(writers, type);
}

function tag(number: number, wire: number): Uint8Array {
  return varint(BigInt((number << 3) | wire));
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}

function fixed64(value: unknown): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value as string));
  return bytes;
}
