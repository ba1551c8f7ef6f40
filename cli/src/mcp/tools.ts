import { z } from 'zod';
import {
  alignClocks,
  causalGraph,
  causesOf,
  compareTasks,
  compareText,
  eventsInOrder,
  explainWaits,
  oneLine,
  textRecord,
  whyText,
} from '@throughline/collector';
import type { TaskShape, TaskSummary, TraceEvent } from '@throughline/collector';
import { CliError } from '../errors.js';
import { newestTask } from '../sources/newest-task.js';
import type { EventSource } from '../sources/source.js';

/** What an agent can ask. Answers are short, and each names what to ask next for more. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: z.ZodRawShape;
  answer(source: EventSource, asked: never): Promise<string>;
}

const task = z.string().describe('Id of a task, or "latest" for the newest one.');
const event = z.string().describe('Id of an event: 16 hex digits.');
/** How many causes of an event are listed. */
const MOST_CAUSES = 20;
/** How many groups of tasks are told, and how many differences on each side. */
const MOST_SHAPES = 20;
const MOST_DIFFERENCES = 4;

export const TOOLS: readonly Tool[] = [
  {
    name: 'list_tasks',
    description:
      'List the newest tasks (requests, jobs) with duration, number of events, and errors.',
    inputSchema: {
      limit: z.number().int().min(1).max(100).default(10).describe('How many.'),
      where: z
        .string()
        .optional()
        .describe('Only tasks that match, such as: route=/carts duration>100ms error'),
    },
    async answer(source, { limit, where }: { limit: number; where?: string }) {
      const { tasks } = await source.tasks({ limit, where });
      return tasks.length > 0 ? tasks.map(lineOf).join('\n') : 'There are no such tasks.';
    },
  },
  {
    name: 'why',
    description:
      'Explain why a task took as long as it did: the chain of waits that decided when it ended, with what was waited for, where and how long; what ran in turn; errors.',
    inputSchema: {
      task,
      all: z.boolean().default(false).describe('Every step of the chain, not only the longest.'),
    },
    async answer(source, { task: id, all }: { task: string; all: boolean }) {
      return whyText(explainWaits(await eventsOf(source, id)), { all });
    },
  },
  {
    name: 'list_events',
    description:
      'List the events of a task, causes before effects: id, milliseconds, label, process.',
    inputSchema: {
      task,
      text: z.string().optional().describe('Only events whose label contains this text.'),
      limit: z.number().int().min(1).max(500).default(50).describe('How many.'),
      skip: z.number().int().min(0).default(0).describe('How many to leave out first.'),
    },
    async answer(
      source,
      {
        task: id,
        text = '',
        limit,
        skip,
      }: { task: string; text?: string; limit: number; skip: number },
    ) {
      const events = eventsInOrder(causalGraph(await eventsOf(source, id)));
      const found = events.filter(({ label }) => label.includes(text));
      const start = events[0]!.timestamp;
      const lines = found.slice(skip, skip + limit).map((one) => shortLine(one, start));
      const left = found.length - skip - lines.length;
      return [...lines, ...(left > 0 ? [`${left} more: skip ${skip + lines.length}`] : [])].join(
        '\n',
      );
    },
  },
  {
    name: 'event',
    description: 'Show one event with all its fields, and the chain of its causes.',
    inputSchema: { task, event },
    async answer(source, { task: id, event: eventId }: { task: string; event: string }) {
      const graph = causalGraph(await eventsOf(source, id));
      const { model, order } = graph;
      const found = model.indexOf(eventId.toLowerCase());
      if (found < 0) {
        throw new CliError(
          'TL_ARGUMENT_INVALID',
          `The task has no event ${JSON.stringify(eventId)}.`,
        );
      }
      const start = model.time[order[0]!]!;
      const causes = causesOf(graph, alignClocks(graph), found, MOST_CAUSES);
      const lines = causes.map((i) => shortLine(model.event(i), start));
      return [textRecord(model.event(found)), '', 'Came after, the latest first:', ...lines].join(
        '\n',
      );
    },
  },
  {
    name: 'shapes',
    description:
      'Group the newest tasks by what happened in them, and say what the unusual ones have more (+) or less (-) than the most common ones with their title: a failure, a retry, a cache that was missed. Ends with the id of a typical task of each group.',
    inputSchema: {
      where: z
        .string()
        .default('')
        .describe('Only tasks that match, such as: route=/carts start>-1h'),
    },
    async answer(source, { where }: { where: string }) {
      const { shapes, tasks, matching } = await source.shapes(where);
      if (shapes.length === 0) return 'There are no such tasks.';
      const left = shapes.length - MOST_SHAPES;
      return [
        `The newest ${tasks} of ${matching} tasks:`,
        ...shapes.slice(0, MOST_SHAPES).flatMap(shapeLines),
        ...(left > 0 ? [`and ${left} more`] : []),
      ].join('\n');
    },
  },
  {
    name: 'compare',
    description: 'Compare two tasks: operations that were added, removed, or took longer.',
    inputSchema: { before: task, after: task },
    async answer(source, { before, after }: { before: string; after: string }) {
      return compareText(
        compareTasks(await eventsOf(source, before), await eventsOf(source, after)),
      );
    },
  },
];

async function eventsOf(source: EventSource, id: string): Promise<readonly TraceEvent[]> {
  return source.task(id === 'latest' ? await newestTask(source) : id);
}

/** Returns a group of tasks as a line, and what is unusual in them. */
function shapeLines(shape: TaskShape): string[] {
  const { title, tasks, failed, median, isMostCommon, more, less, typical } = shape;
  const of = isMostCommon ? oneLine(title) : '  unusual';
  const ms = (median / 1000).toFixed(1);
  return [
    `${of}: ${tasks} ${tasks === 1 ? 'task' : 'tasks'}, ${failed} failed, median ${ms} ms, such as ${typical}`,
    ...more.slice(0, MOST_DIFFERENCES).map((label) => `    + ${oneLine(label)}`),
    ...less.slice(0, MOST_DIFFERENCES).map((label) => `    - ${oneLine(label)}`),
    ...(!isMostCommon && more.length + less.length === 0
      ? ['    the same events, with other causes']
      : []),
  ];
}

function lineOf({ taskId, title, events, errors, duration }: TaskSummary): string {
  const ms = (duration / 1000).toFixed(1);
  return `${taskId}  ${ms} ms  ${events} events  ${errors} errors  ${oneLine(title)}`;
}

function shortLine(
  { eventId, timestamp, label, processName = '' }: TraceEvent,
  start: number,
): string {
  const ms = ((timestamp - start) / 1000).toFixed(1);
  return `${eventId}  +${ms} ms  ${oneLine(label)}  ${oneLine(processName)}`;
}
