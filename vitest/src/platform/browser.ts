import type { FileReport, TestEvent } from '@throughline/ledger';
import { META } from '../provided.js';
import type { Provided, SentFindings } from '../provided.js';
import { watchPageHandles } from './page-handles.js';
import type { Platform, Told } from './platform.js';

interface Page {
  readonly __vitest_worker__?: { readonly filepath?: string };
}

/** The events of the file that runs, until they are sent. */
let events: TestEvent[] = [];

/** The tests' realm in a page. No engine carries owners through code that is not instrumented there. */
export const browser: Platform = {
  testPath: () => (globalThis as Page).__vitest_worker__?.filepath ?? '',
  pathInStack,
  async readText(path) {
    const module = (await import(/* @vite-ignore */ `/@fs${path}?raw`)) as { default: string };
    return module.default;
  },
  openBridge() {},
  runAs: (_owner, body) => body(),
  engineOwner: () => undefined,
  watchConsole,
  watchFailures,
  watchHandles: watchPageHandles,
  lasting: [window, document],
  eventSink({ events: folder }) {
    events = [];
    if (folder === undefined) return undefined;
    return { path: folder, add: (event) => void events.push(event), write() {}, close() {} };
  },
  send(report, file) {
    if (file === undefined) return;
    const sent = (file.meta[META] ??= { reports: [], events }) as SentFindings;
    (sent.reports as FileReport[]).push(report);
  },
};

/** Returns the path of a file that a stack names by the address that Vite serves it from. */
function pathInStack({ rootDir }: Provided): (address: string) => string {
  return (address) => {
    if (!address.startsWith(location.origin)) return address;
    const path = decodeURIComponent(new URL(address).pathname);
    if (path.startsWith('/@fs/')) return path.slice('/@fs'.length);
    return path.startsWith(`${rootDir}/`) ? path : rootDir + path;
  };
}

const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const;

/** Replaces the methods only for the time of late calls, so that Vitest prints all others as before. */
function watchConsole(told: Told): void {
  const page = console as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of methods) {
    let method = page[name]!;
    const late = (...args: unknown[]): unknown => {
      told.logged(name, args.map(String).join(' '));
      return method.apply(console, args);
    };
    Object.defineProperty(console, name, {
      configurable: true,
      enumerable: true,
      get: () => (told.isLate() ? late : method),
      set: (next: typeof method) => void (method = next),
    });
  }
}

/** Listens for failures. Vitest counts the listeners that are added through the window, and says less if there are any. */
function watchFailures(told: Told): void {
  const { addEventListener } = EventTarget.prototype;
  const listen = <E extends Event>(type: string, listener: (event: E) => void): void =>
    addEventListener.call(window, type, listener as EventListener, true);
  listen<ErrorEvent>('error', ({ error }) => void told.failed(error, undefined));
  listen<PromiseRejectionEvent>(
    'unhandledrejection',
    ({ reason, promise }) => void told.failed(reason, promise),
  );
  listen<PromiseRejectionEvent>('rejectionhandled', ({ promise }) => told.handled(promise));
}
