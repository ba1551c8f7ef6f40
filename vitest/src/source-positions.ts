import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { SourceMapInput } from '@jridgewell/trace-mapping';
import type { FileReport, SourcePosition } from '@throughline/ledger';

/** Returns the source map of the code that was served for a file, if Vite has one. */
export type MapOf = (file: string) => SourceMapInput | undefined;

/**
 * Returns a report of a page whose positions are those of the sources: stacks in a page name lines of the code that
 * Vite has served.
 */
export function withSourcePositions(report: FileReport, mapOf: MapOf): FileReport {
  const maps = new Map<string, TraceMap | undefined>();
  function map(file: string): TraceMap | undefined {
    if (!maps.has(file)) {
      const found = mapOf(file);
      maps.set(file, found === undefined ? undefined : new TraceMap(found));
    }
    return maps.get(file);
  }
  // Positions are anywhere in a report, and it is plain data.
  return JSON.parse(JSON.stringify(report), (_key, value: unknown) => {
    if (!isGenerated(value)) return value;
    const position: SourcePosition = { file: value.file, line: value.line, column: value.column };
    const traced = map(position.file);
    const found = traced && originalPositionFor(traced, position);
    return found?.line ? { ...position, line: found.line, column: found.column } : position;
  }) as FileReport;
}

function isGenerated(value: unknown): value is SourcePosition & { generated: true } {
  return typeof value === 'object' && value !== null && 'generated' in value;
}
