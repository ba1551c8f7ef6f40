/**
 * The columns of the table `events`, in the order in which `row-codec.ts` writes and reads them. Ids and 64-bit numbers are stored as
 * they are, texts that come again and again by number.
 */
export const EVENT_COLUMNS = {
  task: 'UInt64',
  /** The upper 64 bits of the task's id; 0 if the report had none. */
  upper: 'UInt64',
  event: 'UInt64',
  /** Microseconds since 1970. */
  time: 'Int64 CODEC(Delta, ZSTD(1))',
  parents: 'Array(UInt64)',
  label: 'LowCardinality(String)',
  host: 'LowCardinality(Nullable(String))',
  process_name: 'LowCardinality(Nullable(String))',
  thread_name: 'LowCardinality(Nullable(String))',
  agent: 'LowCardinality(Nullable(String))',
  source: 'LowCardinality(Nullable(String))',
  process_id: 'Nullable(Int32)',
  thread_id: 'Nullable(Int32)',
  tenant_class: 'Nullable(Int32)',
  hrt: 'Nullable(Int64)',
  cycles: 'Nullable(Int64)',
  field_names: 'Array(LowCardinality(String))',
  field_values: 'Array(String)',
  tags: 'Array(LowCardinality(String))',
  /** The operation that the event ends; 0 if it ends none. */
  ends: 'UInt64',
  /** 1 if the event has the field `error.type`. */
  failed: 'UInt8',
  /** Of the report's bytes. */
  hash: 'UInt32',
  /** Which collector has stored it, since it was started, and a number that grows with each event that it stores. */
  writer: 'UInt32',
  seq: 'UInt64 CODEC(Delta, ZSTD(1))',
} as const;

/** The columns as a list in SQL. */
export const COLUMN_LIST = Object.keys(EVENT_COLUMNS).join(', ');
