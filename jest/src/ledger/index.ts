export { findingKinds, optInKinds } from './findings.js';
export type { Finding, FindingKind, Found, OwnerRecord } from './findings.js';
export { watchHandles } from './handles.js';
export { Ledger, positionOf } from './ledger.js';
export type { Entry, Incident } from './ledger.js';
export type { Cause, Context, Listening, Observer, Site, Slot, Source } from './source.js';
export { Owner } from './owner.js';
export type { SourcePosition, OwnerKind } from './owner.js';
