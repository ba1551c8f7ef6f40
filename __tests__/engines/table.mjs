// The table of engine by construct, for a terminal and for docs/engines.md.
import { format, resolveConfig } from 'prettier';
import { fileURLToPath } from 'node:url';
import { constructsOf, fared } from './results.mjs';

export function asText(results) {
  const rows = [
    ['', ...results.map(({ engine }) => engine.name)],
    ...constructsOf(results).map((construct) => [
      construct,
      ...results.map((result) => mark(fared(result, construct))),
    ]),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const table = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
  return [...table, ...failuresOf(results).map(inText)].join('\n');
}

function mark({ text, failed }) {
  return failed > 0 ? `${text} !` : text;
}

function inText({ result, one }) {
  return `\n${result.engine.title}: ${one.construct}: ${one.name}\n  ${one.error.replaceAll('\n', '\n  ')}`;
}

/** The document. It says no date: who runs the command again on the same engines changes nothing. */
export async function asMarkdown(results) {
  const constructs = constructsOf(results);
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const cell = ({ text, failed }) => (failed > 0 ? `**${text}**` : text);
  const lines = [
    '# Engines',
    '',
    'One suite of instrumented programs, run on every engine: [what each callback sees](what-callbacks-see.md), exact joins, no leaks, the shape of async functions, the order of microtasks. Written by `npm run engines -- --write` (`--install` installs the engines that Debian packages); the suite is in `__tests__/engines/suite`.',
    '',
    'A number is how many cases passed. `3 of 4` means that one failed, and `-` that the engine has no such construct. Engines that were not run are left out.',
    '',
    row(['', ...results.map(({ engine }) => engine.title)]),
    row(['---', ...results.map(() => '---')]),
    ...constructs.map((construct) =>
      row([construct, ...results.map((result) => cell(fared(result, construct)))]),
    ),
    '',
    '## Versions',
    '',
    row(['Engine', 'Version', 'Form of the suite', 'Lacks']),
    row(['---', '---', '---', '---']),
    ...results.map((result) =>
      row([
        result.engine.title,
        result.notRun ? `not run: ${result.notRun}` : result.version,
        forms[result.engine.form],
        lacksOf(result).join(', '),
      ]),
    ),
    '',
    ...failures(results),
  ];
  const file = fileURLToPath(new URL('../../docs/engines.md', import.meta.url));
  return format(lines.join('\n'), { ...(await resolveConfig(file)), filepath: file });
}

const forms = {
  modern: 'as the plugin writes it',
  lowered: 'lowered to ES5 after the plugin',
};

function lacksOf({ cases }) {
  const lacks = cases.filter(({ outcome }) => outcome === 'absent').map(({ lacks }) => lacks);
  return [...new Set(lacks)].sort();
}

function failuresOf(results) {
  return results.flatMap((result) =>
    result.cases
      .filter(({ outcome }) => outcome === 'failed' || outcome === 'known')
      .map((one) => ({ result, one })),
  );
}

function failures(results) {
  const all = failuresOf(results);
  if (all.length === 0) return [];
  return [
    '## What does not hold',
    '',
    ...all.map(({ result, one }) => {
      const [reason] = one.error.split('\n');
      return `- ${result.engine.title}, ${one.construct}: ${one.name}. \`${reason.replaceAll('`', "'")}\``;
    }),
    '',
  ];
}
