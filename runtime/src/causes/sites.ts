import { shared } from '../kernel/index.js';
import type { Cause } from '../kernel/index.js';

/** One rewritten position in the user's source, and the construct that is there. */
export interface Site {
  /** The path of the source file, as the plugin wrote it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 0, as Babel and source maps count. */
  readonly column: number;
  /** The construct: `async`, `timer`, `then`, `listener`, ... */
  readonly kind: string;
  /** The name of the function or callee; empty if it has none. */
  readonly name: string;
}

const state = shared('sites', {
  tables: [] as { file: string; rows: readonly string[]; base: number }[],
  count: 0,
  /** `file:line`, by the number of the site. */
  positions: new Map<number, string>(),
});

/**
 * Adds the table of one module and returns the number of its first site. Rows have the form
 * `line:column kind name` and are parsed only on demand.
 */
export function sites(file: string, rows: readonly string[]): number {
  const base = state.count;
  state.tables.push({ file, rows, base });
  state.count += rows.length;
  return base;
}

/** Returns the source files of the instrumented modules in this realm. */
export function files(): string[] {
  return state.tables.map(({ file }) => file);
}

/** Returns the site with that number, or undefined if no module has it. */
export function siteOf(id: number): Site | undefined {
  // Hermes has no findLast.
  const [table] = state.tables.filter(({ base }) => base <= id).slice(-1);
  const row = table?.rows[id - table.base];
  if (table === undefined || row === undefined) return undefined;
  const [, line, column, kind, name] = /^(\d+):(\d+) (\S+) ?(.*)$/.exec(row) ?? [];
  return { file: table.file, line: Number(line), column: Number(column), kind: kind!, name: name! };
}

/** Returns `file:line` of a site, as events name it. Cached, because a site that logs tends to log again. */
export function positionOf(id: number): string | undefined {
  let position = state.positions.get(id);
  if (position === undefined) {
    const site = siteOf(id);
    if (site === undefined) return undefined;
    // A name of a property is a string in one piece. One of two pieces is put together again by each who reads it.
    [position] = Object.keys({ [`${site.file}:${site.line}`]: 0 });
    state.positions.set(id, position!);
  }
  return position;
}

/** Returns the sites of a chain of causes, latest first. */
export function sitesOf(cause: Cause | undefined): Site[] {
  const chain: Site[] = [];
  for (let at = cause; at !== undefined; at = at.parent) {
    const site = siteOf(at.site);
    if (site !== undefined) chain.push(site);
  }
  return chain;
}
