export { findingKinds, onRequest } from './findings.js';
export type { Finding, FindingKind, Found, TaskRecord } from './findings.js';
export { watchHandles } from './handles.js';
export { Ledger, placeOf } from './ledger.js';
export type { Entry, Incident } from './ledger.js';
export type { Cause, Context, Listening, Observer, Site, Slot, Source } from './source.js';
export { Task } from './task.js';
export type { Place, TaskKind } from './task.js';
