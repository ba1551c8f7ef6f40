import type { Incident } from '../entry.js';
import { positionOf } from '../ledger.js';
import type { Ledger } from '../ledger.js';
import type { Owner, SourcePosition } from '../owner.js';
import type { Origins } from './origins.js';
import type { StackReader } from './stack-reader.js';

/** The inputs for recording incidents. */
export interface IncidentSource {
  readonly ledger: Ledger;
  readonly origins: Origins;
  readonly stacks: StackReader;
  /** Returns the owners that run now. */
  running(): Iterable<Owner>;
  /** Called after each incident. */
  recorded(): void;
  /** Returns the line that the engine knows to have led to the running code, if it knows any. */
  lineHere(): SourcePosition | undefined;
}

/** Records in the ledger what a test did at one moment, such as an assertion after its end. */
export class Incidents {
  constructor(private readonly from: IncidentSource) {}

  record(incident: Incident, stack?: string): void {
    this.recorder(incident, stack)();
  }

  /**
   * Captures the current state, and returns a function that records the incident now or later. The position of
   * an incident is the spawn point that led to it, or else a line of its stack.
   */
  recorder(incident: Incident, stack?: string): () => void {
    const { ledger, origins, stacks } = this.from;
    const position =
      incident.position ??
      positionOf(origins.chainOf(incident.cause)) ??
      stacks.first(stack ?? new Error().stack ?? '') ??
      this.from.lineHere();
    const others = [...this.from.running()].filter((owner) => owner !== incident.owner);
    const during = others.length === 1 ? others[0] : undefined;
    return () => {
      ledger.record({ ...incident, ...(position && { position }), ...(during && { during }) });
      this.from.recorded();
    };
  }
}
