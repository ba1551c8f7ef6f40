import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { transformSync } from '@babel/core';
import { COMPONENT, splitOptions } from '../adapters/files.js';
import type { SplitOptions } from '../adapters/files.js';
import { readPackageOptions } from '../adapters/settings.js';
import { babelSettings, inDialectOf } from '../adapters/transform.js';
import { sourceMissing } from '../errors.js';
import { readOptions } from '../options.js';
import { createPlugin } from '../plugin.js';
import type { Finding } from './finding.js';

/** The findings in one file, or the reason why it cannot be instrumented. */
export interface FileReport {
  /** Path relative to the current folder, with forward slashes. */
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly error?: string;
  /** Why a file was not read, if that is no fault of the file. */
  readonly note?: string;
  /** Instrumented code, with its source map. */
  readonly code: string;
  readonly map: object | undefined;
}

/**
 * Runs the plugin over source files and folders, with the options of package.json, and reports what it finds.
 * Throws `TL_SOURCE_MISSING` for a path that does not exist, and `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`.
 */
export function scan(sources: readonly string[], cwd = process.cwd()): FileReport[] {
  const { options: written } = readPackageOptions(cwd);
  const { options, covers } = splitOptions(written);
  readOptions(options);
  return sources
    .flatMap((source) => filesBelow(resolve(cwd, source), source))
    .filter((file) => covers(file) || COMPONENT.test(file))
    .map((file) =>
      COMPONENT.test(file) ? unread(file, cwd) : checkFile(file, { options, covers, cwd }),
    );
}

function unread(file: string, cwd: string): FileReport {
  const name = relative(cwd, file).replaceAll('\\', '/');
  const note =
    'This command does not read components. The adapters for Vite, Rollup, Rolldown, webpack and Rspack ' +
    'instrument what their compilers make of them; other tools leave them as they are.';
  return { file: name, findings: [], note, code: '', map: undefined };
}

interface Settings extends Pick<SplitOptions, 'options' | 'covers'> {
  readonly cwd: string;
}

function checkFile(file: string, { options, covers, cwd }: Settings): FileReport {
  /** True for a call of a package that is instrumented as well. */
  const isIncluded = ({ module }: Finding): boolean =>
    module !== undefined && covers(join(cwd, 'node_modules', module, 'index.js'));
  const name = relative(cwd, file).replaceAll('\\', '/');
  const findings: Finding[] = [];
  try {
    const request = { file, options, cwd };
    const observing = [
      createPlugin((finding) => isIncluded(finding) || findings.push(finding)),
      { ...options, causes: false },
    ];
    const settings = {
      ...babelSettings(request),
      plugins: [observing as [() => never, object]],
    };
    const result = inDialectOf(readFileSync(file, 'utf8'), settings, transformSync)!;
    const { throughline } = result.metadata as { throughline?: { sites: readonly string[] } };
    const uncertain = new Set(findings.map(placeOf));
    const sites = (throughline?.sites ?? []).map(covered);
    findings.push(...sites.filter((site) => !uncertain.has(placeOf(site))));
    findings.sort((a, b) => a.line - b.line || a.column - b.column);
    return { file: name, findings, code: result.code ?? '', map: result.map ?? undefined };
  } catch (error) {
    const { message } = error as Error;
    return { file: name, findings: [], error: message, code: '', map: undefined };
  }
}

function placeOf({ line, column }: Finding): string {
  return `${line}:${column}`;
}

/** Returns the finding for a row of the table of sites: `line:column kind name`. */
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

/** Folders that do not contain sources. */
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
