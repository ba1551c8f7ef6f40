import type { Report } from '@throughline/runtime/report';

/** A stored event. `taskId` has 32 hex digits, or 16 if no report of the task had more. */
export type TraceEvent = Report;
