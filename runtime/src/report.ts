// The entry for programs that write or read reports, such as the collector.
export { DEFAULT_PORT, parseAddress } from './xtrace/address.js';
export { fromDecimal, newEventId, newTaskId, padTask, toDecimal } from './xtrace/ids.js';
export { REPORT_TOPIC } from './xtrace/report.js';
export type { Report } from './xtrace/report.js';
export { encodeReport } from './xtrace/report-writer.js';
