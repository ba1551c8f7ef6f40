import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { transformSync } from '@babel/core';
import { splitOptions } from '../adapters/files.js';
import { optionsOf } from '../adapters/settings.js';
import { babelSettings } from '../adapters/transform.js';
import { sourceMissing } from '../errors.js';
import { readOptions } from '../options.js';
import { pluginThat } from '../plugin.js';
import type { Finding } from './finding.js';

/** What was found in one file, or why it cannot be read. */
export interface FileReport {
  /** Below the current folder, with forward slashes. */
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly error?: string;
  /** What the plugin makes of it, with a map back. */
  readonly code: string;
  readonly map: object | undefined;
}

/** Looks at every source file below some folders or files, with the options of package.json. */
export function scan(sources: readonly string[], cwd = process.cwd()): FileReport[] {
  const { options: written } = optionsOf(cwd);
  const { options, covers } = splitOptions(written);
  readOptions(options);
  return sources
    .flatMap((source) => filesBelow(resolve(cwd, source), source))
    .filter(covers)
    .map((file) => look(file, options, cwd));
}

function look(file: string, options: object, cwd: string): FileReport {
  const name = relative(cwd, file).replaceAll('\\', '/');
  const findings: Finding[] = [];
  try {
    const request = { file, options, cwd };
    const observing = [
      pluginThat((finding) => findings.push(finding)),
      { ...options, causes: false },
    ];
    const result = transformSync(readFileSync(file, 'utf8'), {
      ...babelSettings(request),
      plugins: [observing as [() => never, object]],
    })!;
    const { throughline } = result.metadata as { throughline?: { sites: readonly string[] } };
    findings.push(...(throughline?.sites ?? []).map(covered));
    findings.sort((a, b) => a.line - b.line || a.column - b.column);
    return { file: name, findings, code: result.code ?? '', map: result.map ?? undefined };
  } catch (error) {
    const { message } = error as Error;
    return { file: name, findings: [], error: message, code: '', map: undefined };
  }
}

/** A row of the table of sites: `line:column kind name`. */
function covered(row: string): Finding {
  const [, line, column, kind, name] = /^(\d+):(\d+) (\S+) ?(.*)$/.exec(row)!;
  return {
    status: 'covered',
    line: Number(line),
    column: Number(column),
    kind: kind!,
    name: name!,
  };
}

/** Folders of what is made from sources. */
const aside = new Set(['node_modules', 'dist', 'build', 'coverage']);

function filesBelow(path: string, asked: string): string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    throw sourceMissing(asked);
  }
  if (!isFolder) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !aside.has(name) && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return filesBelow(child, child);
      return entry.isFile() ? [child] : [];
    });
}
