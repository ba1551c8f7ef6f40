import { IN_MICROSECONDS, TASK_ID_HIGH } from '@throughline/runtime/report';

/** The fields of X-Trace's report v4 (Brown's X-Trace, `xtrace.proto`), and ours. */
export const FIELD = {
  taskId: 1,
  eventId: 2,
  parentEventId: 3,
  timestamp: 4,
  hrt: 5,
  cycles: 6,
  host: 7,
  processId: 8,
  processName: 9,
  threadId: 10,
  threadName: 11,
  agent: 12,
  source: 13,
  label: 14,
  key: 15,
  value: 16,
  tags: 17,
  tenantClass: 18,
  taskIdHigh: TASK_ID_HIGH,
  inMicroseconds: IN_MICROSECONDS,
} as const;

/** The fields that a report may lack: those that are one text, one number of 32 bits, or one of 64 bits. */
export const OPTIONAL_TEXTS = ['host', 'processName', 'threadName', 'agent', 'source'] as const;
export const OPTIONAL_INTEGERS = ['processId', 'threadId', 'tenantClass'] as const;
export const OPTIONAL_DECIMALS = ['hrt', 'cycles'] as const;

/** Protocol Buffers' wire types. */
export const WIRE = {
  varint: 0,
  fixed64: 1,
  bytes: 2,
  startGroup: 3,
  endGroup: 4,
  fixed32: 5,
} as const;
