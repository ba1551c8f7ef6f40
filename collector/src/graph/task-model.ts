import type { TraceEvent } from '../reports/trace-event.js';
import { GrowingInts } from './growing-ints.js';
import { Links } from './links.js';

/** That an event begins an operation, and that it failed: bits of `TaskModel.flags`. */
const FLAG = { begin: 1, error: 2 } as const;

/** A process of a task. */
export interface TaskProcess {
  readonly name: string;
  readonly host: string;
  readonly processId: number | undefined;
}

/** What tells the events of one thread of a process from others. */
type Origin = Pick<
  TraceEvent,
  'host' | 'processId' | 'processName' | 'threadId' | 'threadName' | 'agent'
>;
type Rest = Pick<TraceEvent, 'tags' | 'hrt' | 'cycles' | 'tenantClass'>;

/** Returns where a process runs: its host and its number, as far as they are known. */
export function placeOf({ host, processId }: TaskProcess): string[] {
  return [...(host === '' ? [] : [host]), ...(processId === undefined ? [] : [String(processId)])];
}

/** No event, or no string. */
export const NONE = -1;

/**
 * The events of one task, by index in the order in which they were added: a column for each field. A task of 100,000 events takes a
 * tenth of the memory of its objects, and grows without a copy of what is there.
 */
export class TaskModel {
  taskId = '';
  size = 0;
  /** Microseconds since 1970, as reported. */
  time = new Float64Array(INITIAL);
  /** Index in `processes`. */
  process = new Int32Array(INITIAL);
  private flags = new Uint8Array(INITIAL);
  /** The other event of the same operation: its end for a begin, its begin for an end; else `NONE`. */
  partner = new Int32Array(INITIAL);
  readonly processes: TaskProcess[] = [];
  readonly ids: string[] = [];

  private label = new Int32Array(INITIAL);
  private source = new Int32Array(INITIAL);
  private origin = new Int32Array(INITIAL);
  private readonly texts: string[] = [];
  private readonly textNumbers = new Map<string, number>();
  private readonly origins: Origin[] = [];
  private readonly originNumbers = new Map<string, number>();
  private readonly originProcess: number[] = [];
  private readonly processNumbers = new Map<string, number>();
  private readonly indexes = new Map<string, number>();
  /** Pairs of string numbers; those of event `i` are from `fieldStart[i]` to `fieldStart[i + 1]`. */
  private readonly fieldStart = new GrowingInts([0]);
  private readonly fieldTexts = new GrowingInts();
  /** Index of each parent, or `NONE` while it has not arrived. */
  private readonly parentStart = new GrowingInts([0]);
  private readonly parentTo = new GrowingInts();
  /** Places in `parentTo`, and ends of operations, that wait for an event, by its id. */
  private readonly awaited = new Map<string, number[]>();
  /** The id of a parent that has not arrived, by its place in `parentTo`. */
  private readonly missingIds = new Map<number, string>();
  private readonly openEnds = new Map<string, number>();
  private readonly rest = new Map<number, Rest>();

  static of(events: Iterable<TraceEvent>): TaskModel {
    const model = new TaskModel();
    for (const event of events) model.add(event);
    return model;
  }

  /** Adds an event, unless it is there already. */
  add(event: TraceEvent): void {
    const { eventId } = event;
    if (this.indexes.has(eventId)) return;
    const i = this.size++;
    if (i === this.time.length) this.grow();
    this.taskId = event.taskId;
    this.ids.push(eventId);
    this.indexes.set(eventId, i);
    this.time[i] = event.timestamp;
    this.label[i] = this.textNumber(event.label);
    this.source[i] = event.source === undefined ? NONE : this.textNumber(event.source);
    this.origin[i] = this.originNumber(event);
    this.process[i] = this.originProcess[this.origin[i]!]!;
    this.partner[i] = NONE;
    for (const parent of new Set(event.parentEventIds))
      if (parent !== eventId) this.addParent(parent);
    this.parentStart.push(this.parentTo.length);
    this.addFields(i, event.fields ?? []);
    const { tags, hrt, cycles, tenantClass } = event;
    if ([tags, hrt, cycles, tenantClass].some((value) => value !== undefined)) {
      this.rest.set(i, {
        ...(tags && { tags }),
        ...(hrt !== undefined && { hrt }),
        ...(cycles !== undefined && { cycles }),
        ...(tenantClass !== undefined && { tenantClass }),
      });
    }
    for (const place of this.awaited.get(eventId) ?? []) {
      this.parentTo.data[place] = i;
      this.missingIds.delete(place);
    }
    this.awaited.delete(eventId);
  }

  /** Returns the index of an event, or `NONE`. */
  indexOf(eventId: string): number {
    return this.indexes.get(eventId) ?? NONE;
  }

  labelOf(i: number): string {
    return this.texts[this.label[i]!]!;
  }

  /** Returns `file:line`, if the event has it. */
  sourceOf(i: number): string | undefined {
    return this.source[i] === NONE ? undefined : this.texts[this.source[i]!];
  }

  processOf(i: number): TaskProcess {
    return this.processes[this.process[i]!]!;
  }

  /** Returns the value of a field. */
  fieldOf(i: number, name: string): string | undefined {
    const number = this.textNumbers.get(name);
    if (number === undefined) return undefined;
    const { data } = this.fieldTexts;
    for (let at = this.fieldStart.data[i]!; at < this.fieldStart.data[i + 1]!; at += 2) {
      if (data[at] === number) return this.texts[data[at + 1]!];
    }
    return undefined;
  }

  /** Returns all values of a field that may be there several times. */
  valuesOf(i: number, name: string): string[] {
    const number = this.textNumbers.get(name);
    const { data } = this.fieldTexts;
    const values: string[] = [];
    for (let at = this.fieldStart.data[i]!; at < this.fieldStart.data[i + 1]!; at += 2) {
      if (data[at] === number) values.push(this.texts[data[at + 1]!]!);
    }
    return values;
  }

  /** Returns the events that have a field. Takes no time if none has. */
  eventsWith(name: string): number[] {
    if (!this.textNumbers.has(name)) return [];
    return Array.from({ length: this.size }, (_, i) => i).filter(
      (i) => this.fieldOf(i, name) !== undefined,
    );
  }

  /** Returns a test that finds events of which the label, the source, or the value of a field passes, but for those of operations. Each string is tested once. */
  having(test: (text: string) => boolean): (i: number) => boolean {
    const hidden = HIDDEN.map((name) => this.textNumbers.get(name));
    const passed = Uint8Array.from(this.texts, (text) => (test(text) ? 1 : 0));
    return (i) => {
      if (passed[this.label[i]!] || (this.source[i] !== NONE && passed[this.source[i]!]))
        return true;
      const { data } = this.fieldTexts;
      for (let at = this.fieldStart.data[i]!; at < this.fieldStart.data[i + 1]!; at += 2) {
        if (passed[data[at + 1]!] && !hidden.includes(data[at]!)) return true;
      }
      return false;
    };
  }

  tagsOf(i: number): readonly string[] {
    return this.rest.get(i)?.tags ?? [];
  }

  begins(i: number): boolean {
    return (this.flags[i]! & FLAG.begin) !== 0;
  }

  /** Returns the begin of the operation that an event ends, or `NONE`. */
  begunBy(i: number): number {
    return this.begins(i) ? NONE : this.partner[i]!;
  }

  /** Returns what to call an operation. Its end may know better (`GET /carts/:id`), or only say that it is one. */
  operationName(begin: number): string {
    const name = this.labelOf(begin);
    const end = this.partner[begin]!;
    const other = end === NONE ? name : this.labelOf(end);
    return other.startsWith(name) ? name : other;
  }

  hasError(i: number): boolean {
    return (this.flags[i]! & FLAG.error) !== 0;
  }

  /** Returns the parents that have arrived, of every event. */
  parents(): Links {
    const start = new Int32Array(this.size + 1);
    const to = new Int32Array(this.parentTo.length);
    let length = 0;
    for (let i = 0; i < this.size; i++) {
      for (let at = this.parentStart.data[i]!; at < this.parentStart.data[i + 1]!; at++) {
        const parent = this.parentTo.data[at]!;
        if (parent !== NONE) to[length++] = parent;
      }
      start[i + 1] = length;
    }
    return new Links(start, to.subarray(0, length));
  }

  /** Returns the ids of parents that have not arrived. */
  missing(): string[] {
    return [...this.awaited.keys()];
  }

  /** Returns the ids of the parents of an event that have not arrived. */
  missingOf(i: number): string[] {
    const ids: string[] = [];
    for (let at = this.parentStart.data[i]!; at < this.parentStart.data[i + 1]!; at++) {
      if (this.parentTo.data[at] === NONE) ids.push(this.missingIds.get(at)!);
    }
    return ids;
  }

  /** Makes the event as it was added. Its known parents come first, each once. */
  event(i: number): TraceEvent {
    const parents = this.parentTo.data
      .subarray(this.parentStart.data[i], this.parentStart.data[i + 1])
      .filter((parent) => parent !== NONE);
    const fields: [string, string][] = [];
    for (let at = this.fieldStart.data[i]!; at < this.fieldStart.data[i + 1]!; at += 2) {
      const { data } = this.fieldTexts;
      fields.push([this.texts[data[at]!]!, this.texts[data[at + 1]!]!]);
    }
    const source = this.sourceOf(i);
    return {
      ...{ taskId: this.taskId, eventId: this.ids[i]! },
      parentEventIds: [...Array.from(parents, (parent) => this.ids[parent]!), ...this.missingOf(i)],
      ...{ timestamp: this.time[i]!, label: this.labelOf(i), ...this.origins[this.origin[i]!] },
      ...(source !== undefined && { source }),
      ...(fields.length > 0 && { fields }),
      ...this.rest.get(i),
    };
  }

  private addParent(id: string): void {
    const parent = this.indexOf(id);
    if (parent === NONE) {
      const places = this.awaited.get(id);
      this.missingIds.set(this.parentTo.length, id);
      if (places === undefined) this.awaited.set(id, [this.parentTo.length]);
      else places.push(this.parentTo.length);
    }
    this.parentTo.push(parent);
  }

  private addFields(i: number, fields: readonly (readonly [string, string])[]): void {
    let [phase, operation, flags] = ['', '', 0];
    for (const [name, value] of fields) {
      this.fieldTexts.push(this.textNumber(name));
      this.fieldTexts.push(this.textNumber(value));
      if (name === 'phase') phase = value;
      else if (name === 'operation') operation = value;
      else if (name === 'error.type') flags |= FLAG.error;
    }
    this.fieldStart.push(this.fieldTexts.length);
    if (phase === 'begin') flags |= FLAG.begin;
    this.flags[i] = flags;
    if (phase === 'end' && operation !== '') this.pair(this.indexOf(operation), i, operation);
    if (phase === 'begin') this.pair(i, this.openEnds.get(this.ids[i]!) ?? NONE, '');
  }

  /** Notes that two events are one operation. Of several ends, the first that arrived counts. */
  private pair(begin: number, end: number, id: string): void {
    if (begin === NONE) this.openEnds.set(id, this.openEnds.get(id) ?? end);
    else if (end !== NONE && this.begins(begin)) {
      this.partner[end] = begin;
      if (this.partner[begin] === NONE) this.partner[begin] = end;
    }
  }

  private textNumber(text: string): number {
    let number = this.textNumbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.textNumbers.set(text, number);
    }
    return number;
  }

  private originNumber(event: TraceEvent): number {
    const { host, processId, processName, threadId, threadName, agent } = event;
    const key = JSON.stringify([host, processId, processName, threadId, threadName, agent]);
    let number = this.originNumbers.get(key);
    if (number === undefined) {
      const origin = { host, processId, processName, threadId, threadName, agent };
      number = this.origins.push(withoutUndefined(origin)) - 1;
      this.originNumbers.set(key, number);
      this.originProcess.push(this.processNumber(event));
    }
    return number;
  }

  private processNumber({ host = '', processId, processName = '' }: TraceEvent): number {
    const key = JSON.stringify([host, processId, processName]);
    let number = this.processNumbers.get(key);
    if (number === undefined) {
      number = this.processes.push({ name: processName, host, processId }) - 1;
      this.processNumbers.set(key, number);
    }
    return number;
  }

  private grow(): void {
    this.time = copied(this.time, Float64Array);
    this.flags = copied(this.flags, Uint8Array);
    for (const name of ['process', 'partner', 'label', 'source', 'origin'] as const) {
      this[name] = copied(this[name], Int32Array);
    }
  }
}

const INITIAL = 64;
/** Fields that say which events are one operation. Nobody looks for their values. */
const HIDDEN = ['operation', 'phase'];

function copied<T extends Float64Array | Uint8Array | Int32Array>(
  from: T,
  make: new (length: number) => T,
): T {
  const larger = new make(from.length * 2);
  larger.set(from);
  return larger;
}

function withoutUndefined(origin: Record<string, unknown>): Origin {
  return Object.fromEntries(Object.entries(origin).filter(([, value]) => value !== undefined));
}
