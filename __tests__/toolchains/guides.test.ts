import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Project } from './project';

const root = join(__dirname, '..', '..');
const folder = join(root, 'docs', 'frameworks');
const guides = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
const OURS = ['runtime', 'babel-plugin', 'ledger', 'jest', 'vitest', 'collector', 'cli'];

/** The packages of others that a guide installs, as its install lines name them. */
function packagesOf(text: string): string[] {
  const lines = text.match(/^\$ npm install .*$/gm) ?? [];
  return lines
    .flatMap((line) => line.split(' ').slice(3))
    .filter((word) => !word.startsWith('-') && !/^(@throughline\/|throughline$)/.test(word));
}

// Each guide is followed in a folder of its own, with our packages as they would be published.
test.each(guides)('%s: what it says is what happens', async (name) => {
  const page = join(folder, name);
  const packages = packagesOf(readFileSync(page, 'utf8'));
  expect(packages).not.toEqual([]);
  const project = await Project.with(['@babel/core@7', ...packages], process.execPath, OURS);

  const runner = join(root, '__tests__', 'documents', 'run-page.mjs');
  const args = [runner, page, join(project.folder, 'node_modules')];
  const running = promisify(execFile)(process.execPath, args, { cwd: root });
  const { stdout } = await running.catch((failure: { stdout: string }) => failure);
  const { problems, sessions } = JSON.parse(stdout) as { problems: string[]; sessions: number };

  expect(problems).toEqual([]);
  expect(sessions).toBeGreaterThan(1);
});
