import { startCollector } from '@throughline/collector';
import type { Collector, Settings } from '@throughline/collector';

/** A collector of the test's own, on free ports, that forgets. It is the built one: its store runs in a thread. */
export function startTestCollector(settings: Partial<Settings> = {}): Promise<Collector> {
  return startCollector({
    ...{
      host: '127.0.0.1',
      store: ':memory:',
      reportPort: 0,
      webPort: 0,
      otlpPort: 0,
      otlpGrpcPort: 0,
    },
    ...settings,
  });
}

/** What a collector answers: the status, the headers and the text, read as JSON where it is. */
export async function ask<T = Record<string, unknown>>(
  collector: { url: string },
  path: string,
  init?: RequestInit,
): Promise<{ status: number; headers: Headers; text: string; body: T }> {
  const response = await fetch(collector.url + path, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    ...{ status: response.status, headers: response.headers, text },
    body: (isJson ? JSON.parse(text) : undefined) as T,
  };
}
