import { dirname, join } from 'node:path';
import type { types as t } from '@babel/core';
import type { SpawnPointKind } from './options.js';

export type SiteKind = SpawnPointKind | 'event' | 'call' | 'function';

/** The places that were rewritten in one file, in the order they were met. */
export class SiteTable {
  readonly file: string;
  readonly rows: string[] = [];

  constructor(
    private readonly filename: string | null | undefined,
    private readonly cwd: string,
  ) {
    this.file = relative(cwd, filename ?? 'unknown');
  }

  /** The name that the table of another file has, by its path from this one. */
  resolve(path: string): string {
    return relative(this.cwd, join(dirname(this.filename ?? 'unknown'), path));
  }

  /** Takes back the place that was added last: nothing was rewritten there. */
  takeBack(): void {
    this.rows.pop();
  }

  /** Adds a place and returns its number within the file. */
  add(node: t.Node, kind: SiteKind, name: string): number {
    const { line, column } = node.loc?.start ?? { line: 0, column: 0 };
    this.rows.push(`${line}:${column} ${kind} ${name}`.trimEnd());
    return this.rows.length - 1;
  }
}

/** A path below the project's folder, the same on every machine and system. */
function relative(cwd: string, filename: string): string {
  const [base, file] = [cwd, filename].map((path) => path.replaceAll('\\', '/')) as [
    string,
    string,
  ];
  return file.startsWith(`${base}/`)
    ? file.slice(base.length + 1)
    : file.replace(/^.*\/(?=[^/]+$)/, '');
}
