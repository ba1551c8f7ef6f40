import { CollectorError, sentence } from '../errors.js';
import { settings } from '../settings.js';
import type { TaskPage, TraceEvent } from '../store/store.js';

/** Where commands look for a running collector. */
export const DEFAULT_URL = `http://${settings.host.fallback}:${settings.webPort.fallback}`;

/** The queries of a running collector, for commands. */
export class CollectorApi {
  constructor(private readonly url: string) {}

  tasks(limit: number): Promise<TaskPage> {
    return this.get<TaskPage>(`/api/tasks?limit=${limit}`);
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
    const answer = (await response.json()) as T & { error?: string };
    // The server's own sentence, with its code.
    if (!response.ok) throw new Error(answer.error ?? `${this.url} answered ${response.status}`);
    return answer;
  }
}
