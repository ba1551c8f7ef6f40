import { idOf } from '../reports/ids.js';
import { OperationFields } from '../reports/operation-fields.js';
import { FIELD } from '../reports/report-fields.js';
import type { ReportView } from '../reports/report-view.js';
import { ByteBuffer } from './byte-buffer.js';
import type { Row } from './driver.js';
import { ID_BYTES } from './segment-codec.js';

/** The longest title in a list, in characters. */
const MAX_TITLE = 256;
/** How many processes and tags of a task are named in a list. */
export const MAX_PROCESSES = 20;
export const MAX_TAGS = 20;

const fields = new OperationFields();

/** A buffer that has grown beyond this size is not used for another task. */
const MOST_KEPT_BYTES = 65_536;

/** Events of a task that are not written yet, in the form of a segment. */
export class NewEvents {
  ids = new ByteBuffer(ID_BYTES * 8);
  events = new ByteBuffer();
  count = 0;

  clear(): void {
    this.count = 0;
    if (this.ids.length > MOST_KEPT_BYTES) this.ids = new ByteBuffer(ID_BYTES * 8);
    this.ids.clear();
    if (this.events.length > MOST_KEPT_BYTES) this.events = new ByteBuffer();
    this.events.clear();
  }
}

/** A task that events are being added to. */
export class TaskState {
  title = '';
  titleEvent = '';
  titleTime = Infinity;
  events = 0;
  errors = 0;
  first = Infinity;
  last = -Infinity;
  /** Names of processes, with the time of the first event of each. */
  processes: [name: string, first: number][] = [];
  tags: string[] = [];
  /** When the operation ended that begins the task. */
  ended: number | undefined;
  /** The generation of `KnownEvents` in which its events became known. */
  knownSince = 0;
  /** The row that its next events are added to, and how many it has; none if it has enough. */
  segment: { readonly number: number; count: number; bytes: number } | undefined;
  /** The process of the latest event. */
  private latest:
    { readonly hash: number; readonly entry: [string, number] | undefined } | undefined;
  /** The events that are not written yet, if any. */
  added: NewEvents | undefined;
  /** The next task with the same key in the cache. */
  next: TaskState | undefined;

  constructor(
    readonly number: number,
    readonly low: number,
    readonly high: number,
    /** The upper 64 bits of its id; both are 0 if no report had them. */
    public upperLow: number,
    public upperHigh: number,
  ) {}

  static fromRow(row: Row): TaskState {
    const [low, high] = wordsOf(row['low'] as Uint8Array);
    const [upperLow, upperHigh] = row['upper'] ? wordsOf(row['upper'] as Uint8Array) : [0, 0];
    const state = new TaskState(row['number'] as number, low, high, upperLow, upperHigh);
    state.title = row['title'] as string;
    const event = wordsOf(row['title_event'] as Uint8Array);
    state.titleEvent = idOf(...event);
    state.titleTime = row['title_time'] as number;
    state.events = row['events'] as number;
    state.errors = row['errors'] as number;
    state.first = row['first'] as number;
    state.last = row['last'] as number;
    state.processes = JSON.parse(row['processes'] as string) as [string, number][];
    state.tags = JSON.parse(row['tags'] as string) as string[];
    state.ended = (row['ended'] as number | null) ?? undefined;
    return state;
  }

  get hasUpper(): boolean {
    return this.upperLow !== 0 || this.upperHigh !== 0;
  }

  /** Returns true if a report is of this task: one that has only the lower half belongs to the task that has it. */
  owns({ taskLow, taskHigh, upperLow, upperHigh }: ReportView): boolean {
    if (taskLow !== this.low || taskHigh !== this.high) return false;
    if (upperLow === this.upperLow && upperHigh === this.upperHigh) return true;
    return !this.hasUpper || (upperLow === 0 && upperHigh === 0);
  }

  /** Takes the contents of an event that is new into the summary. */
  count(view: ReportView): void {
    if (!this.hasUpper) {
      this.upperLow = view.upperLow;
      this.upperHigh = view.upperHigh;
    }
    const { timestamp } = view;
    this.events++;
    if (timestamp < this.first) this.first = timestamp;
    if (timestamp > this.last) this.last = timestamp;
    if (timestamp < this.titleTime) {
      this.title = shortTextIn(view, FIELD.label);
      this.titleEvent = idOf(view.eventLow, view.eventHigh);
      this.titleTime = timestamp;
      this.ended = undefined;
    }
    if (view.pairCount > 0) this.readPairs(view);
    if (view.tagCount > 0) this.addTags(view);
    this.addProcess(view);
  }

  private addTags(view: ReportView): void {
    for (let i = 0; i < view.tagCount * 2 && this.tags.length < MAX_TAGS; i += 2) {
      const tag = shortText(view, view.tags[i]!, view.tags[i + 1]!);
      if (!this.tags.includes(tag)) this.tags.push(tag);
    }
  }

  /** The end of the operation that the first event begins knows better what to call it: `GET /carts/:id`. */
  private readPairs(view: ReportView): void {
    fields.read(view);
    if (fields.isError) this.errors++;
    if (!fields.ends || fields.operation !== this.titleEvent) return;
    const ended = shortTextIn(view, FIELD.label);
    if (isBetterName(ended, this.title)) this.title = ended;
    this.ended = Math.max(view.timestamp, this.first);
  }

  private addProcess(view: ReportView): void {
    const start = view.startOf(FIELD.processName);
    // Most events are of the process of the one before.
    const hash = start < 0 ? -1 : view.hash(start, view.endOf(FIELD.processName));
    if (this.latest?.hash !== hash) {
      const name = start < 0 ? '' : shortTextIn(view, FIELD.processName);
      let entry = this.processes.find(([one]) => one === name);
      if (entry === undefined && this.processes.length < MAX_PROCESSES) {
        entry = [name, view.timestamp];
        this.processes.push(entry);
      }
      this.latest = { hash, entry };
    }
    const { entry } = this.latest!;
    if (entry !== undefined && view.timestamp < entry[1]) entry[1] = view.timestamp;
  }
}

/** An end that knows no better name than its begin says only that it is one. */
export function isBetterName(ended: string, begun: string): boolean {
  return ended !== `${begun} ended`;
}

/** Returns the text of a field, cut to the length of a title. */
function shortTextIn(view: ReportView, field: number): string {
  const start = view.startOf(field);
  return start < 0 ? '' : shortText(view, start, view.endOf(field));
}

function shortText(view: ReportView, start: number, end: number): string {
  // Four bytes are the most that a character takes.
  return cutText(view.text(start, Math.min(end, start + (MAX_TITLE + 1) * 4)));
}

/** Cuts a text to the length of a title. */
export function cutText(text: string): string {
  if (text.length <= MAX_TITLE) return withoutNul(text);
  // Not in the middle of a pair of surrogates.
  return withoutNul(`${text.slice(0, MAX_TITLE).replace(/[\ud800-\udbff]$/, '')}…`);
}

/** Replaces NUL characters: some SQLite versions cut strings at them. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\u2400');
}

/** Returns 64 bits as they are stored: eight bytes, the lowest first. */
export function bytesOf(low: number, high: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low, true);
  view.setUint32(4, high, true);
  return bytes;
}

/** Returns eight bytes as two halves, the low one first. */
export function wordsOf(bytes: Uint8Array): [low: number, high: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}
