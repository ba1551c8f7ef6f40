import { CliError, errorMessage } from '../errors.js';
import { codePath } from '@throughline/collector';
import { settings } from '@throughline/collector/settings';
import type {
  Excerpt,
  ShapeAnswer,
  TaskPage,
  TaskSummary,
  TraceEvent,
} from '@throughline/collector';
import { Progress } from '../progress.js';
import { tokenHeader } from './collector-url.js';
import { parsed, request } from './request.js';
import type { RequestOptions } from './request.js';
import type { EventSource, TaskQuery } from './source.js';

/** The description of the option that names a collector. */
export const COLLECTOR_HELP =
  `URL of a running collector (default: where "serve" listens, by ${settings.host.variable} and ` +
  `${settings.webPort.variable})`;

/** Maximum number of tasks in one response. */
const PAGE_SIZE = 1000;

/** Queries a running collector over HTTP. Throws `TL_COLLECTOR_UNREACHABLE`, or the collector's own error. */
export class CollectorClient implements EventSource {
  constructor(private readonly url: string) {}

  /** Returns tasks, fetched in pages. */
  async tasks({ limit, where = '', order = 'last' }: TaskQuery): Promise<TaskPage> {
    const tasks: TaskSummary[] = [];
    for (;;) {
      const size = Math.min(limit - tasks.length, PAGE_SIZE);
      const query = new URLSearchParams({
        ...{ where, order, offset: String(tasks.length), limit: String(size) },
      });
      const page = await this.get<TaskPage>(`/api/tasks?${query}`);
      tasks.push(...page.tasks);
      if (tasks.length >= limit || page.tasks.length < size) return { ...page, tasks };
    }
  }

  async task(taskId: string): Promise<readonly TraceEvent[]> {
    const path = `/api/tasks/${encodeURIComponent(taskId)}`;
    const response = await this.fetch(path);
    return this.answer<{ events: TraceEvent[] }>(path, response, textOf).then(
      ({ events }) => events,
    );
  }

  shapes(where: string): Promise<ShapeAnswer> {
    return this.get(`/api/shapes?${new URLSearchParams({ where })}`);
  }

  async code(event: TraceEvent): Promise<Excerpt | undefined> {
    return (await this.get<Excerpt | null>(codePath(event))) ?? undefined;
  }

  /** Calls `look` each time when the collector has stored something new, until the collector ends. */
  async eachChange(look: () => Promise<void>): Promise<void> {
    const { body } = await this.fetch('/api/live');
    // Each part is of one event, or of none: they are sent one at a time.
    const parts = (body ?? []) as AsyncIterable<Uint8Array>;
    const reader = parts[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await reader.next().catch(() => {
        throw new CliError('TL_COLLECTOR_UNREACHABLE', `The collector at ${this.url} has ended.`);
      });
      if (done) return;
      if (value.length > 0) await look();
    }
  }

  /** Sends bytes to a path, and returns the answer as JSON. */
  async send<T>(path: string, type: string, body: string | Uint8Array): Promise<T> {
    return this.answer(
      path,
      await this.fetch(path, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      }),
    );
  }

  private async get<T>(path: string): Promise<T> {
    return this.answer(path, await this.fetch(path));
  }

  private async fetch(path: string, options?: RequestOptions): Promise<Response> {
    try {
      const headers = { ...tokenHeader(), ...options?.headers };
      return await request(this.url, path, { ...options, headers });
    } catch (error) {
      throw new CliError(
        'TL_COLLECTOR_UNREACHABLE',
        `Cannot reach a collector at ${this.url}: ${errorMessage(error)}. Start one with "throughline serve", or pass its URL with --collector.`,
        { cause: error },
      );
    }
  }

  private async answer<T>(
    path: string,
    response: Response,
    read = (from: Response): Promise<string> => from.text(),
  ): Promise<T> {
    const answer = parsed(await read(response)) as (T & { error?: string }) | undefined;
    if (answer !== undefined && response.ok) return answer;
    // The collector's own message, which ends with its code.
    if (typeof answer?.error === 'string') throw new Error(answer.error);
    throw new CliError(
      'TL_COLLECTOR_UNREACHABLE',
      `The server at ${this.url} is not a Throughline collector: it answered ${path} with status ${response.status}. Pass the URL of a collector with --collector.`,
    );
  }
}

/** Reads an answer that may be long, with a bar on a terminal. */
async function textOf(response: Response): Promise<string> {
  const size = Number(response.headers.get('content-length')) || undefined;
  const progress = new Progress('Reading the task', size);
  const parts: Uint8Array[] = [];
  for await (const part of response.body!) {
    parts.push(part);
    progress.add(part.length);
  }
  progress.end();
  return Buffer.concat(parts).toString();
}
