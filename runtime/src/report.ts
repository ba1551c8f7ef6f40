// The entry for programs that write or read reports, such as the collector.
export { DEFAULT_PORT, parseAddress } from './xtrace/address.js';
export { fromDecimal, newEventId, newTaskId, padTask, toDecimal } from './xtrace/ids.js';
export {
  ACKNOWLEDGED_PROTOCOL,
  TOKEN_PROTOCOL,
  TOKEN_REFUSED,
  IN_MICROSECONDS,
  LAST_MILLISECONDS,
  MAX_BATCH_BYTES,
  REPORT_TOPIC,
  TASK_ID_HIGH,
} from './xtrace/report.js';
export type { Report } from './xtrace/report.js';
export { encodeBatch, encodeReport, encodeSome } from './xtrace/report-writer.js';
