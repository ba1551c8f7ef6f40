import type { FindingKind } from './findings.js';
import type { SourcePosition, Owner } from './owner.js';
import type { Cause } from './source.js';

/** Something that an owner has started and that should end: a handle, a listener or an async call. */
export interface Entry {
  readonly kind: Extract<FindingKind, 'open-handle' | 'listener' | 'pending-async'>;
  readonly what: string;
  /** Of the entries at one line only the heaviest is reported: a child process has pipes, a server has sockets. */
  readonly weight?: number;
  readonly owner: Owner;
  readonly cause: Cause | undefined;
  /** Returns the line that started it. Called once, when it is reported. */
  readonly position?: () => SourcePosition | undefined;
  /** Returns true while the entry counts. Without this, it counts until it is closed. */
  readonly isAlive?: () => boolean;
  /** Returns true once the entry can never count again. Asked often, so it must be fast. */
  readonly isGone?: () => boolean;
}

/** Something that happened: a late log, a late `expect`, a rejection or an exception. */
export interface Incident {
  readonly kind: Exclude<FindingKind, Entry['kind']>;
  readonly what: string;
  readonly message?: string;
  readonly owner: Owner;
  readonly cause: Cause | undefined;
  readonly position?: SourcePosition | undefined;
  readonly thrown?: SourcePosition;
  readonly during?: Owner | undefined;
}
