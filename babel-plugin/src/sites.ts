import { dirname, isAbsolute, join } from 'node:path';
import { FlattenMap, originalPositionFor } from '@jridgewell/trace-mapping';
import type { SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';
import type { types as t } from '@babel/core';
import type { SpawnPointKind } from './options.js';

/** A kind of spawn point, or of another call or function that is recorded in the table. */
export type SiteKind = SpawnPointKind | 'event' | 'call' | 'function';

/** The sites that were rewritten in one file, in the order in which they were visited. */
export class SiteTable {
  readonly file: string;
  readonly rows: string[] = [];

  private readonly trace: TraceMap | undefined;
  /** True when the original source is itself made from a part of a file, whose place in the file nobody tells. */
  private readonly isPart: boolean;

  constructor(
    private readonly filename: string | null | undefined,
    private readonly cwd: string,
    /** Source map to the original source, when another tool transformed the code before. */
    map?: SourceMapInput,
  ) {
    // Some bundlers write a map for each part of a file (Source Map, "Index map").
    const trace = map === undefined ? undefined : new FlattenMap(map);
    // A table has the name of one file: in a bundle of several, places are those of the bundle.
    this.trace = new Set(trace?.sources).size === 1 ? trace : undefined;
    const source = this.trace?.sources[0] ?? undefined;
    const file = source?.replace(QUERY, '');
    this.isPart = file !== source && file !== undefined;
    this.file = relative(cwd, file ? besides(filename, file) : (filename ?? 'unknown'));
  }

  /** Returns the name that the table of another file has, by its path relative to this one. */
  resolve(path: string): string {
    return relative(this.cwd, join(dirname(this.filename ?? 'unknown'), path));
  }

  /** Returns a position in the original source. */
  private written(at: { line: number; column: number }): { line: number; column: number } {
    if (this.isPart) return UNKNOWN;
    if (this.trace === undefined || at.line === 0) return at;
    const { line, column } = originalPositionFor(this.trace, at);
    return line === null ? at : { line, column };
  }

  /** Adds a site and returns its number within the file. */
  add(node: t.Node, kind: SiteKind, name: string): number {
    const { line, column } = this.written(node.loc?.start ?? UNKNOWN);
    this.rows.push(`${line}:${column} ${kind} ${name}`.trimEnd());
    return this.rows.length - 1;
  }
}

const UNKNOWN = { line: 0, column: 0 };
/** What bundlers add to the name of a file for a part of it, as in `App.vue?vue&type=script`. */
const QUERY = /\?.*$/;

/** Returns the path of a source that a map names, resolved against the file's folder. */
function besides(filename: string | null | undefined, source: string): string {
  return isAbsolute(source) || !filename ? source : join(dirname(filename), source);
}

/** Returns a path relative to the project's folder, identical on every machine and system. */
function relative(cwd: string, filename: string): string {
  const [base, file] = [cwd, filename].map((path) => path.replaceAll('\\', '/')) as [
    string,
    string,
  ];
  if (file.startsWith(`${base}/`)) return file.slice(base.length + 1);
  // In a monorepo, dependencies may be outside of the folder. They stay recognisable.
  const [dependency] = /node_modules\/.*$/.exec(file) ?? [];
  return dependency ?? file.replace(/^.*\/(?=[^/]+$)/, '');
}
