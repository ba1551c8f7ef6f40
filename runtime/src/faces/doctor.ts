import { Examination } from '../causes/examination.js';
import type { Examined } from '../causes/examination.js';
import { getLocal, register, setLocal } from './slots.js';

/** An examination of a running program. */
export interface Doctor {
  /** Returns what was seen so far. */
  examined(): Examined;
  /** Ends the examination. */
  stop(): void;
}

interface Channels {
  subscribe(name: string, fn: () => void): void;
  unsubscribe(name: string, fn: () => void): void;
}
interface NodeProcess {
  getBuiltinModule?(id: string): unknown;
}

const request = register<object | undefined>(undefined);

/**
 * Examines whether context reaches the program's code: gives each request that a server of `node:http` receives a
 * context of its own, and counts at which async functions and handlers of the program it is there. For development;
 * it needs Node, and a build with `causes`.
 *
 * Counting starts at once, and counts only while a request is being served.
 */
export function doctor(): Doctor {
  const { process } = globalThis as { process?: NodeProcess };
  const channels = process?.getBuiltinModule?.('diagnostics_channel') as Channels | undefined;
  const examination = new Examination(() => getLocal(request) !== undefined);
  const begins = (): void => {
    examination.requestBegins();
    setLocal(request, {});
  };
  const ends = (): void => examination.requestEnds();
  // Node, "Built-in channels": the first runs before the server's listeners, in the context of the platform.
  channels?.subscribe('http.server.request.start', begins);
  channels?.subscribe('http.server.response.finish', ends);
  return {
    examined: () => examination.examined,
    stop() {
      channels?.unsubscribe('http.server.request.start', begins);
      channels?.unsubscribe('http.server.response.finish', ends);
      examination.stop();
    },
  };
}
