// What needs Node: handles, files and the channel to the process that reports.
export { EventFile, eventFileOf } from './node/event-file.js';
export { watchHandles } from './node/handles.js';
export type { FiredTimer, HandleContext, HandleWatch } from './node/handles.js';
export { readBaseline } from './reports/baseline.js';
export { send } from './reports/channel.js';
export { formatReport } from './reports/format.js';
export { RunReport } from './reports/run-report.js';
export type { ReportFiles } from './reports/run-report.js';
