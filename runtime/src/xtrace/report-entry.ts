export { decodeControl, decodeReport, encodeControl } from './report-codec.js';
export { encodeReport } from './report-writer.js';
export type { Control } from './report-codec.js';
export { encodeMessage, FrameError, MAX_FRAME_BYTES, MessageReader } from './frames.js';
export { DEFAULT_PORT, parseAddress } from './address.js';
export { REPORT_TOPIC } from './report.js';
export type { Report } from './report.js';
export { fromDecimal, padTask, toDecimal } from './ids.js';
