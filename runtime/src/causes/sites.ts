import { shared } from '../kernel/index.js';
import type { Cause } from '../kernel/index.js';

/** One rewritten place: where it is in the user's source, and what it is. */
export interface Site {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 0, as Babel and source maps count. */
  readonly column: number;
  /** The construct: `async`, `timer`, `then`, `listener`, ... */
  readonly kind: string;
  /** The function or callee at that place; empty when it has no name. */
  readonly name: string;
}

const state = shared('sites', {
  tables: [] as { file: string; rows: readonly string[]; base: number }[],
  count: 0,
  /** `file:line`, by the number of the site. */
  positions: new Map<number, string>(),
});

/**
 * Adds one module's table and returns the number of its first site. Rows are
 * `line:column kind name`; they are parsed only when somebody asks.
 */
export function sites(file: string, rows: readonly string[]): number {
  const base = state.count;
  state.tables.push({ file, rows, base });
  state.count += rows.length;
  return base;
}

/** The source files of this realm's modules. */
export function files(): string[] {
  return state.tables.map(({ file }) => file);
}

/** The site with that number, or undefined for a number that no module was given. */
export function siteOf(id: number): Site | undefined {
  const table = state.tables.findLast(({ base }) => base <= id);
  const row = table?.rows[id - table.base];
  if (table === undefined || row === undefined) return undefined;
  const [, line, column, kind, name] = /^(\d+):(\d+) (\S+) ?(.*)$/.exec(row) ?? [];
  return { file: table.file, line: Number(line), column: Number(column), kind: kind!, name: name! };
}

/** `file:line` of a site, as events name it. Kept: a place that logs does so again. */
export function positionOf(id: number): string | undefined {
  let position = state.positions.get(id);
  if (position === undefined) {
    const site = siteOf(id);
    if (site === undefined) return undefined;
    state.positions.set(id, (position = `${site.file}:${site.line}`));
  }
  return position;
}

/** Returns the sites of a chain of causes, the latest first. */
export function sitesOf(cause: Cause | undefined): Site[] {
  const chain: Site[] = [];
  for (let at = cause; at !== undefined; at = at.parent) {
    const site = siteOf(at.site);
    if (site !== undefined) chain.push(site);
  }
  return chain;
}
