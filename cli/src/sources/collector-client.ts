import { CliError, errorMessage } from '../errors.js';
import { settings } from '@throughline/collector/settings';
import type { TaskPage, TaskSummary, TraceEvent } from '@throughline/collector';
import type { EventSource } from './source.js';

/** The description of the option that names a collector. */
export const COLLECTOR_HELP =
  `URL of a running collector (default: where "serve" listens, by ${settings.host.variable} and ` +
  `${settings.webPort.variable})`;

/** Maximum number of tasks in one response. */
const PAGE_SIZE = 1000;

/** Queries a running collector over HTTP. Throws `TL_COLLECTOR_UNREACHABLE`, or the collector's own error. */
export class CollectorClient implements EventSource {
  constructor(private readonly url: string) {}

  /** Returns the newest tasks, fetched in pages. */
  async tasks(limit: number): Promise<TaskPage> {
    const tasks: TaskSummary[] = [];
    for (;;) {
      const size = Math.min(limit - tasks.length, PAGE_SIZE);
      const page = await this.get<TaskPage>(`/api/tasks?offset=${tasks.length}&limit=${size}`);
      tasks.push(...page.tasks);
      if (tasks.length >= limit || page.tasks.length < size) return { ...page, tasks };
    }
  }

  async task(taskId: string): Promise<readonly TraceEvent[]> {
    const { events } = await this.get<{ events: TraceEvent[] }>(
      `/api/tasks/${encodeURIComponent(taskId)}`,
    );
    return events;
  }

  private async get<T>(path: string): Promise<T> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.url));
    } catch (error) {
      throw new CliError(
        'TL_COLLECTOR_UNREACHABLE',
        `Cannot reach a collector at ${this.url}: ${errorMessage((error as Error).cause ?? error)}. Start one with "throughline serve", or pass its URL with --collector.`,
        { cause: error },
      );
    }
    const answer = (await response.json().catch(() => undefined)) as
      (T & { error?: string }) | undefined;
    if (answer !== undefined && response.ok) return answer;
    // The collector's own message, which ends with its code.
    if (typeof answer?.error === 'string') throw new Error(answer.error);
    throw new CliError(
      'TL_COLLECTOR_UNREACHABLE',
      `The server at ${this.url} is not a Throughline collector: it answered ${path} with status ${response.status}. Pass the URL of a collector with --collector.`,
    );
  }
}
