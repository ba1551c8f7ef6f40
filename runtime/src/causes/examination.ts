import { observed } from './observer.js';
import { files, siteOf } from './sites.js';

/** How often one place of the program ran while requests were served. */
export interface ExaminedPlace {
  /** The path of the source file, as the plugin wrote it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `async` for an async function, `function` for a callback that uninstrumented code is handed. */
  readonly kind: string;
  /** The name of the function; empty if it has none. */
  readonly name: string;
  /** Runs with the context of a request. */
  readonly arrived: number;
  /** Runs without one. */
  readonly lost: number;
}

/** What an examination has seen so far. */
export interface Examined {
  readonly requests: number;
  /** Number of instrumented files of the program, dependencies included. */
  readonly files: number;
  /** Places in the program's own files, in the order in which they ran first. */
  readonly places: readonly ExaminedPlace[];
}

/** Counts at which places of the program the context of a request is there. Needs a build with causes. */
export class Examination {
  private readonly counts = new Map<number, { arrived: number; lost: number }>();
  private requests = 0;
  private underway = 0;
  private readonly before = observed.by;

  /** `isThere` tells whether the running code has the context of a request. */
  constructor(private readonly isThere: () => boolean) {
    observed.by = {
      ...this.before,
      called: (cause) => this.count(cause.site),
      woke: (site) => this.count(site),
    };
  }

  requestBegins(): void {
    this.requests++;
    this.underway++;
  }

  requestEnds(): void {
    this.underway--;
  }

  stop(): void {
    observed.by = this.before;
  }

  get examined(): Examined {
    const places = [...this.counts].flatMap(([id, counts]) => {
      const site = siteOf(id);
      if (site === undefined || /(?:^|\/)node_modules\//.test(site.file)) return [];
      const { file, line, kind, name } = site;
      return [{ file, line, kind, name, ...counts }];
    });
    return { requests: this.requests, files: files().length, places };
  }

  private count(site: number): void {
    // What a program's start does, and what runs between requests, has no request to lose.
    if (this.underway === 0) return;
    let counts = this.counts.get(site);
    if (counts === undefined) this.counts.set(site, (counts = { arrived: 0, lost: 0 }));
    counts[this.isThere() ? 'arrived' : 'lost']++;
  }
}
