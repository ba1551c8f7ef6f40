export { LedgerError, invalidOption, list, unknownOption } from './errors.js';
export type { LedgerErrorCode } from './errors.js';
export type { Entry, Incident } from './entry.js';
export type { CausalMatchers } from './events/matcher-types.js';
export { causalMatchers } from './events/matchers.js';
export type { EventSink, Tracing } from './events/events.js';
export type { TestEvent } from './events/event.js';
export type { Finding, FindingKind, OwnerRecord } from './findings.js';
export { isPromise } from './is-promise.js';
export { Ledger } from './ledger.js';
export { Owner } from './owner.js';
export type { OwnerKind, SourcePosition } from './owner.js';
export { ledgerReaders, objectOf, readOptions } from './policy/options.js';
export type {
  LeakPolicy,
  LedgerOptions,
  Reader,
  Readers,
  ResolvedLedgerOptions,
  Verdict,
} from './policy/options.js';
export { baselineOf, Policy, policyOf } from './policy/policy.js';
export type { Baseline } from './policy/policy.js';
export type { FailedGraph, FileReport } from './report.js';
export { runtimeSource } from './runtime-source.js';
export type { Realm } from './runtime-source.js';
export { headline } from './sentences.js';
export type { Cause, Context, Listening, Observer, Site, Slot, Source } from './source.js';
export { FileWatch } from './watch/file-watch.js';
export type { WatchedFile } from './watch/file-watch.js';
export type { Findings, Results } from './watch/outcome.js';
export { OwnFrames } from './watch/own-frames.js';
export { StackReader } from './watch/stack-reader.js';
