import { CollectorError, sentence } from '../errors.js';
import { settings } from '../settings.js';
import type { TaskPage, TaskSummary, TraceEvent } from '../store/store.js';
import type { EventSource } from './event-source.js';

/** Where commands look for a running collector. */
export const DEFAULT_URL = `http://${settings.host.fallback}:${settings.webPort.fallback}`;

/** The most tasks that one answer holds. */
const PAGE_SIZE = 1000;

/** The queries of a running collector, for commands. */
export class CollectorApi implements EventSource {
  constructor(private readonly url: string) {}

  /** The newest tasks, asked for a page at a time. */
  async tasks(limit: number): Promise<TaskPage> {
    const tasks: TaskSummary[] = [];
    for (;;) {
      const size = Math.min(limit - tasks.length, PAGE_SIZE);
      const page = await this.get<TaskPage>(`/api/tasks?offset=${tasks.length}&limit=${size}`);
      tasks.push(...page.tasks);
      if (tasks.length >= limit || page.tasks.length < size) return { tasks, total: page.total };
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
      throw new CollectorError(
        'COLLECTOR_UNREACHABLE',
        `No collector answers at ${this.url}: ${sentence((error as Error).cause ?? error)}. Start one with "throughline serve", or name it with --collector.`,
        { cause: error },
      );
    }
    const answer = (await response.json().catch(() => undefined)) as
      (T & { error?: string }) | undefined;
    if (answer !== undefined && response.ok) return answer;
    // The server's own sentence, with its code.
    if (typeof answer?.error === 'string') throw new Error(answer.error);
    throw new CollectorError(
      'COLLECTOR_UNREACHABLE',
      `What answers at ${this.url} is no collector: status ${response.status} for ${path}. Name one with --collector.`,
    );
  }
}
