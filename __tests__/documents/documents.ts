import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');

/** Every document of the repository, by its path. Files that are not committed yet count too. */
export const documents = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && !file.startsWith('.'));

/** Returns the text of a document, without its code blocks. */
export function proseOf(file: string): string {
  return readFileSync(join(root, file), 'utf8').replace(/^(```+).*\n[^]*?^\1$/gm, '');
}

/** Returns the anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(file: string): string[] {
  return [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
