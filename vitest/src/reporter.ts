import { join } from 'node:path';
import type { SourceMapInput } from '@jridgewell/trace-mapping';
import type { FileReport, TestEvent } from '@throughline/ledger';
import { EventFile, eventFileOf, RunReport } from '@throughline/ledger/node';
import type { ReportFiles } from '@throughline/ledger/node';
import type { ResolvedOptions } from './options.js';
import { META } from './provided.js';
import type { SentFindings } from './provided.js';
import { withSourcePositions } from './source-positions.js';

/** The part of a test file that is used here, as Vitest's reporters get it. */
interface TestModule {
  readonly moduleId: string;
  readonly project: {
    readonly name: string;
    readonly config: { readonly root: string };
    readonly browser?: { readonly vite: ViteServer };
  };
  meta?(): Readonly<Record<string, unknown>>;
}

interface GraphModule {
  readonly url: string;
  readonly transformResult?: { readonly map?: unknown } | null;
}
interface ModuleGraph {
  getModulesByFile(path: string): Set<GraphModule> | undefined;
}
interface ViteServer {
  readonly environments?: { readonly client?: { readonly moduleGraph: ModuleGraph } };
  readonly moduleGraph: ModuleGraph;
}

/** Prints the findings of each test file when it finishes, and a summary at the end of the run. */
export class ThroughlineReporter {
  readonly #report = new RunReport();
  /** The number of reports of each file of a page that were printed. */
  readonly #printed = new Map<string, number>();

  /** `files` returns the files that the options ask for. */
  constructor(
    private readonly optionsOf: (project: string) => ResolvedOptions | undefined,
    private readonly files: () => readonly ReportFiles[],
  ) {
    process.once('exit', () => this.#report.close());
  }

  onTestModuleEnd(module: TestModule): void {
    this.#report.printNew();
    this.#printSent(module);
  }

  onTestRunEnd(modules: readonly TestModule[] = []): void {
    // In some versions, the last results of a page arrive after the end of its file.
    for (const module of modules) this.#printSent(module);
    this.#report.finish(this.files());
    if (this.#report.error()) process.exitCode = 1;
  }

  /** Prints what a page has found. It has no files, so it sends that with its results. */
  #printSent(module: TestModule): void {
    const { reports = [], events = [] } = (module.meta?.()[META] ?? {}) as Partial<SentFindings>;
    const printed = this.#printed.get(module.moduleId) ?? 0;
    this.#printed.set(module.moduleId, reports.length);
    for (const report of reports.slice(printed) as FileReport[]) {
      this.#report.print(withSourcePositions(report, (file) => mapIn(module, report.cwd, file)));
    }
    this.#writeEvents(module, events as TestEvent[]);
  }

  #writeEvents({ moduleId, project }: TestModule, events: readonly TestEvent[]): void {
    if (events.length === 0) return;
    const { name, config } = project;
    const place = { cwd: process.cwd(), rootDir: config.root, name };
    const path = eventFileOf(place, moduleId, this.optionsOf(name)?.events);
    if (path === undefined) return;
    const file = new EventFile(path);
    for (const event of events) file.add(event);
    file.close();
  }
}

/** Returns the source map of the code that was served to a page for a file. */
function mapIn({ project }: TestModule, cwd: string, file: string): SourceMapInput | undefined {
  const vite = project.browser?.vite;
  const graph = vite?.environments?.client?.moduleGraph ?? vite?.moduleGraph;
  for (const { url, transformResult } of graph?.getModulesByFile(join(cwd, file)) ?? []) {
    // The text of a file is a module as well, and has an empty map.
    const map = transformResult?.map as { mappings?: string } | undefined;
    if (map?.mappings && !/[?&]raw\b/.test(url)) return map as SourceMapInput;
  }
  return undefined;
}
