import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Excerpt } from '../code/source-code.js';
import { CollectorError } from '../errors.js';
import { toColumns } from '../graph/task-columns.js';
import type { TraceEvent } from '../reports/trace-event.js';

/** Folder of the built page, next to the built code. */
export const PAGE = fileURLToPath(new URL('../../page', import.meta.url));

/**
 * Writes the page of one task as one HTML file, with everything in it: it opens from disk, asks nobody, and runs no other scripts. Takes
 * at least one event, and the code that it shows, by source. Throws `TL_PAGE_MISSING`.
 */
export function taskHtml(
  events: readonly TraceEvent[],
  code: Readonly<Record<string, Excerpt>> = {},
): string {
  const { script, style, icon } = pageFiles();
  const policy = `default-src 'none'; img-src data:; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Throughline</title>
    <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
    <style>${style}</style>
  </head>
  <body>
    <div id="app"></div>
    <script type="application/json" id="throughline-task">${jsonOf(toColumns(events[0]!.taskId, events))}</script>
    <script type="application/json" id="throughline-code">${jsonOf(code)}</script>
    <script type="module">${script}</script>
  </body>
</html>
`;
}

/** Returns JSON for an element of a page. Text of programs cannot end the element that it is in. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function pageFiles(): { script: string; style: string; icon: string } {
  try {
    const html = readFileSync(join(PAGE, 'index.html'), 'utf8');
    const [, script] = /<script [^>]*src="([^"]+\.js)"/.exec(html)!;
    const [, style] = /<link [^>]*href="([^"]+\.css)"/.exec(html)!;
    const read = (path: string): string => readFileSync(join(PAGE, path), 'utf8').trim();
    return {
      script: read(script!).replaceAll('</script', '<\\/script'),
      style: read(style!),
      icon: read('icon.svg'),
    };
  } catch (error) {
    throw new CollectorError(
      'TL_PAGE_MISSING',
      'The page has not been built. Run "npm run build" in the repository.',
      { cause: error },
    );
  }
}

/** A source of the policy that allows this text and no other one (CSP Level 3, "hash-source"). */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
