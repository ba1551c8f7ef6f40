import { newEventId } from '../xtrace/ids.js';
import type { Report } from '../xtrace/report.js';
import { attributesOf, KINDS, SEVERITIES, STATUS_ERROR } from './model.js';
import type { Link, LogRecord, Span } from './model.js';

/** How many events remember which span they are in, how many spans may be open, and how many tasks may have work outside of spans. */
const MOST_PLACES = 100_000;
const MOST_OPEN = 10_000;
const MOST_PARTS = 10_000;
/** Microseconds. What a process does for a task outside of every operation is over when it has logged nothing for so long. */
const QUIET = 5_000_000;

/** Fields that a span has in other places. */
const SPAN_PARTS: ReadonlySet<string> = new Set([
  ...['operation', 'phase', 'kind', 'status', 'error.message', 'link'],
]);

interface OpenSpan {
  readonly begin: Report;
  readonly fields: readonly (readonly [string, string])[];
  readonly parentSpanId: string | undefined;
  /** The operation around it, in which the events after its end are. */
  readonly outer: string | undefined;
}

/** The span for what the process does for a task outside of every operation. */
interface Part {
  readonly taskId: string;
  readonly spanId: string;
  readonly start: number;
  last: number;
}

/**
 * Makes OpenTelemetry's spans and log records of the events of this process, as they come (docs/protocols.md): an operation is a span
 * with the id of its begin. Its parent is the operation around its first parent, and its other parents are links. Other events are log
 * records in the context of the span around them.
 */
export class SpanWriter {
  /** The operation that each of the latest events is in; undefined for one that is in none. */
  private readonly places = new Map<string, string | undefined>();
  /** The operations that the latest of these events have ended. */
  private readonly ended = new Map<string, string>();
  private readonly open = new Map<string, OpenSpan>();
  private readonly parts = new Map<string, Part>();
  private spans: Span[] = [];
  private records: LogRecord[] = [];

  /** `name` is that of the span for what happens outside of every operation. */
  constructor(private readonly name: string) {}

  /** True while a span is open for what happens outside of operations. */
  get hasParts(): boolean {
    return this.parts.size > 0;
  }

  /** Takes events, in the order in which they were logged. */
  addAll(reports: readonly Report[]): void {
    // The head of an answer is logged when it is known whether it is the end. What comes after it may be logged before.
    for (const { eventId, fields = [] } of reports) {
      const operation = valueOf(fields, 'operation');
      if (operation !== undefined) this.remember(eventId, operation);
    }
    for (const report of reports) this.add(report);
  }

  private add(report: Report): void {
    const fields = report.fields ?? [];
    const phase = valueOf(fields, 'phase');
    if (phase === 'begin') this.begin(report, fields);
    else if (phase !== 'end' || !this.end(report, fields)) this.record(report, fields);
  }

  /** Returns the spans that have ended and the records since the last call. `now` is in microseconds; Infinity if nothing more may come. */
  take(now: number): { spans: readonly Span[]; records: readonly LogRecord[] } {
    for (const part of this.parts.values()) if (part.last < now - QUIET) this.endPart(part);
    const { spans, records } = this;
    this.spans = [];
    this.records = [];
    return { spans, records };
  }

  private begin(report: Report, fields: OpenSpan['fields']): void {
    const [parent] = report.parentEventIds;
    const outer = this.around(report);
    const isFromOutside = ['server', 'consumer'].includes(valueOf(fields, 'kind') ?? '');
    // What comes from another process is in the span that was sent with it, if there was one.
    const isSent = isFromOutside && (parent === undefined || !this.places.has(parent));
    const parentSpanId = outer ?? (isSent ? parent : this.partOf(report).spanId);
    this.open.set(report.eventId, { begin: report, fields, parentSpanId, outer });
    this.remember(report.eventId, report.eventId);
    const oldest = this.open.size > MOST_OPEN ? this.open.entries().next().value : undefined;
    if (oldest) this.close(...oldest, oldest[1].begin, [['throughline.ended', 'false']]);
  }

  /** Returns false for the end of something whose begin is not known. */
  private end(report: Report, fields: OpenSpan['fields']): boolean {
    const id = valueOf(fields, 'operation') ?? '';
    const span = this.open.get(id);
    if (span === undefined) return false;
    this.remember(report.eventId, span.outer);
    this.ended.set(report.eventId, id);
    if (this.ended.size > MOST_PLACES) this.ended.delete(this.ended.keys().next().value!);
    this.close(id, span, report, fields);
    return true;
  }

  private close(
    spanId: string,
    { begin, fields, parentSpanId }: OpenSpan,
    last: Report,
    ending: OpenSpan['fields'],
  ): void {
    this.open.delete(spanId);
    const { taskId, label, timestamp } = begin;
    const all = [...fields, ...ending].filter(([name]) => !SPAN_PARTS.has(name));
    const status = valueOf(ending, 'status');
    if (status === 'cancelled') all.push(['throughline.status', status]);
    this.spans.push({
      ...{ traceId: traceIdOf(taskId), spanId },
      ...(parentSpanId !== undefined && { parentSpanId }),
      name: nameOf(label, last.label, all),
      kind: KINDS[valueOf(fields, 'kind') ?? ''] ?? KINDS['internal']!,
      startTimeUnixNano: nanos(timestamp),
      endTimeUnixNano: nanos(Math.max(timestamp, last.timestamp)),
      attributes: attributesOf(withSource(all, begin)),
      links: this.linksOf(begin, [...fields, ...ending], parentSpanId),
      status:
        status === 'error'
          ? { code: STATUS_ERROR, message: valueOf(ending, 'error.message') ?? '' }
          : {},
    });
  }

  private record(report: Report, fields: OpenSpan['fields']): void {
    const { taskId, eventId, label, timestamp } = report;
    const outer = this.around(report);
    this.remember(eventId, outer);
    const level = valueOf(fields, 'log.level')?.toLowerCase() ?? '';
    const kept = fields.filter(([name]) => name !== 'operation');
    this.records.push({
      ...{ traceId: traceIdOf(taskId), timeUnixNano: nanos(timestamp) },
      spanId: outer ?? this.partOf(report).spanId,
      observedTimeUnixNano: nanos(timestamp),
      ...(Object.hasOwn(SEVERITIES, level) && {
        ...{ severityNumber: SEVERITIES[level]!, severityText: level.toUpperCase() },
      }),
      ...{ eventName: label, body: { stringValue: label } },
      attributes: attributesOf([...withSource(kept, report), ['throughline.event.id', eventId]]),
    });
  }

  /** Returns the operation that an event is in: that of its first parent. */
  private around({ parentEventIds: [parent] }: Report): string | undefined {
    return parent === undefined ? undefined : this.places.get(parent);
  }

  private partOf({ taskId, timestamp }: Report): Part {
    const known = this.parts.get(taskId);
    if (known) {
      known.last = Math.max(known.last, timestamp);
      return known;
    }
    const part = { taskId, spanId: newEventId(), start: timestamp, last: timestamp };
    this.parts.set(taskId, part);
    if (this.parts.size > MOST_PARTS) this.endPart(this.parts.values().next().value!);
    return part;
  }

  private endPart({ taskId, spanId, start, last }: Part): void {
    this.parts.delete(taskId);
    this.spans.push({
      ...{ traceId: traceIdOf(taskId), spanId, name: this.name, kind: KINDS['internal']! },
      ...{ startTimeUnixNano: nanos(start), endTimeUnixNano: nanos(last) },
      ...{ attributes: [], links: [], status: {} },
    });
  }

  private linksOf(
    begin: Report,
    fields: OpenSpan['fields'],
    parentSpanId: string | undefined,
  ): Link[] {
    const links = new Map<string, Link>();
    const add = (traceId: string, spanId: string, edge: string): void => {
      const attributes = attributesOf([['throughline.edge', edge]]);
      if (spanId !== parentSpanId) links.set(traceId + spanId, { traceId, spanId, attributes });
    };
    // One parent is a chain, which the tree shows.
    const joined = begin.parentEventIds.length > 1 ? begin.parentEventIds : [];
    for (const id of joined) add(traceIdOf(begin.taskId), this.spanOf(begin.taskId, id), 'join');
    for (const [name, value] of fields) {
      const [, taskId, eventId] = (name === 'link' && LINK.exec(value)) || [];
      if (eventId) add(traceIdOf(taskId!), this.spanOf(taskId!, eventId), 'link');
    }
    return [...links.values()];
  }

  /** Returns the span that an event ends or is in. One of another process is taken for the begin of its span. */
  private spanOf(taskId: string, eventId: string): string {
    const ended = this.ended.get(eventId);
    if (ended !== undefined) return ended;
    if (!this.places.has(eventId)) return eventId;
    return this.places.get(eventId) ?? this.parts.get(taskId)?.spanId ?? eventId;
  }

  private remember(eventId: string, spanId: string | undefined): void {
    this.places.set(eventId, spanId);
    if (this.places.size > MOST_PLACES) this.places.delete(this.places.keys().next().value!);
  }
}

/** An event of another task, as a field `link` names it. */
const LINK = /^([0-9a-f]{16}(?:[0-9a-f]{16})?)\/([0-9a-f]{16})$/;

/** Returns the name of a span: the end may know a better one, such as one with the route, and adds how it went. */
function nameOf(begun: string, ended: string, fields: OpenSpan['fields']): string {
  if (ended.startsWith(begun)) return begun;
  const outcomes = [valueOf(fields, 'http.response.status_code') ?? '', 'cancelled'];
  const outcome = outcomes.find((one) => ended.endsWith(` ${one}`));
  return outcome === undefined ? ended : ended.slice(0, -outcome.length - 1);
}

function valueOf(fields: OpenSpan['fields'], name: string): string | undefined {
  return fields.find(([key]) => key === name)?.[1];
}

function withSource(
  fields: readonly (readonly [string, string])[],
  { source }: Report,
): readonly (readonly [string, string])[] {
  const [, file, line] = /^(.*):(\d+)$/.exec(source ?? '') ?? [];
  if (file === undefined) return fields;
  return [...fields, ['code.file.path', file], ['code.line.number', line!]];
}

function traceIdOf(taskId: string): string {
  return taskId.padStart(32, '0');
}

/** Nanoseconds have more digits than a number. */
function nanos(micros: number): string {
  return `${Math.round(micros)}000`;
}
