// node __tests__/documents/run-page.mjs PAGE.md [MODULES]
//
// MODULES is the node_modules to run it with; by default that of the repository.
// Does what a page says. A code block whose info string names a file is written to it; a `console` block is a session:
// each `$ ` line is run, and what follows it has to be what it prints. `…` stands for any text, a line of its own
// for any lines. `text`, `diff` and `html` blocks are figures. Every other block is an error, so nothing is left untried.
// Ports that the page names are replaced by free ones. Prints what is not as the page says, and fails if anything is.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const modules = process.argv[3] ?? join(root, 'node_modules');
const FIGURES = new Set(['text', 'diff', 'html']);
const LIMIT_MS = 120_000;
/** Where a collector listens by default. */
const [WEB_PORT, REPORT_PORT, OTLP_PORT, GRPC_PORT] = ['4080', '5563', '4318', '4317'];

/** Runs a page. Returns one line for each thing that is not as the page says. */
async function runPage(file) {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-page-'));
  const page = readFileSync(file, 'utf8');
  const ports = new Map(
    await Promise.all(portsOf(page).map(async (port) => [port, await freePort()])),
  );
  const here = (text) => text.replace(/\b\d{4,5}\b/g, (port) => ports.get(port) ?? port);
  const problems = [];
  let sessions = 0;
  try {
    symlinkSync(modules, join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    for (const { info, code, line } of blocksOf(page)) {
      const [language, name] = info.split(' ');
      if (language === 'console') {
        sessions++;
        const found = await runSession(here(code), folder, ports);
        problems.push(...found.map((problem) => `${file}:${line}: ${problem}`));
      } else if (name) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), here(code));
      } else if (!FIGURES.has(language)) {
        problems.push(`${file}:${line}: a block of "${info}" is neither a file nor a session`);
      }
    }
  } finally {
    await endCollector(ports.get(WEB_PORT));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return { problems, sessions };
}

/** Ends a collector that goes on after its session, if the page has not stopped it. */
async function endCollector(port) {
  const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
  if (response) process.kill((await response.json()).processId);
}

/** The ports that a page names, and those of a collector that it starts. */
function portsOf(page) {
  const named = [...page.matchAll(/(?:127\.0\.0\.1:|localhost:|listen\()(\d{4,5})\b/g)];
  return [
    ...new Set([WEB_PORT, REPORT_PORT, OTLP_PORT, GRPC_PORT, ...named.map(([, port]) => port)]),
  ];
}

function* blocksOf(text) {
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, fence, info] = /^(```+)(.*)$/.exec(lines[i]) ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(fence, i + 1);
    yield { info: info.trim(), code: `${lines.slice(i + 1, end).join('\n')}\n`, line: i + 1 };
    i = end;
  }
}

/** A session: commands with what each prints. They share a shell, so `&` and variables last until its end. */
async function runSession(code, folder, ports) {
  const steps = [];
  for (const line of code.trimEnd().split('\n')) {
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
    else if (line.startsWith('> ') && steps.length > 0 && steps.at(-1).expected.length === 0) {
      steps.at(-1).command += `\n${line.slice(2)}`;
    } else steps.at(-1)?.expected.push(line);
  }
  const problems = [];
  const runnable = steps.filter(({ command }) => !isInstall(command));
  for (const { command } of steps) if (isInstall(command)) problems.push(...missing(command));
  if (runnable.length === 0) return problems;
  const mark = (index) => `__step_${index}__`;
  const script = runnable
    .map(({ command }, index) => `${command}\necho "${mark(index)}"`)
    .join('\n');
  const { output, isLate } = await shell(script, folder, ports);
  if (isLate) problems.push(`a session did not end within ${LIMIT_MS / 1000} s:\n${output}`);
  let rest = output;
  for (const [index, { command, expected }] of runnable.entries()) {
    const [printed, ...after] = rest.split(`${mark(index)}\n`);
    rest = after.join(`${mark(index)}\n`);
    if (!matches(printed, expected)) {
      problems.push(
        `$ ${command}\n--- printed\n${printed}--- the page says\n${expected.join('\n')}`,
      );
    }
  }
  return problems;
}

const isInstall = (command) => /^(npm|npx) (install|i|create|init)\b/.test(command);

/** The packages of an install line that are not there. */
function missing(command) {
  const names = command
    .split(/\s+/)
    .slice(2)
    .filter((word) => !word.startsWith('-'));
  return names
    .map((name) => name.replace(/(?<=.)@[\d^~.]+$/, ''))
    .filter((name) => !existsSync(join(modules, name, 'package.json')))
    .map((name) => `${command}: no package ${name} is installed here`);
}

function shell(script, cwd, ports) {
  return new Promise((settle) => {
    const env = {
      ...process.env,
      FORCE_COLOR: '0',
      NO_COLOR: '1',
      PATH: `${join(cwd, 'node_modules', '.bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
      THROUGHLINE_WEB_PORT: String(ports.get(WEB_PORT)),
      THROUGHLINE_REPORT_PORT: String(ports.get(REPORT_PORT)),
      THROUGHLINE_OTLP_PORT: String(ports.get(OTLP_PORT)),
      THROUGHLINE_OTLP_GRPC_PORT: String(ports.get(GRPC_PORT)),
      THROUGHLINE_STORE: ':memory:',
      THROUGHLINE_CACHE: join(cwd, '.cache'),
    };
    for (const name of Object.keys(env))
      if (/^(NODE_OPTIONS|JEST_WORKER_ID|NODE_ENV)$/.test(name)) delete env[name];
    // A group of its own, which ends with the session.
    // Both streams in one pipe: what a command says on stderr would else arrive after the next one has begun.
    const child = spawn('bash', ['-c', `exec 2>&1\n${script}`], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let isLate = false;
    child.stdout.on('data', (text) => (output += text));
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGTERM');
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, LIMIT_MS);
    child.on('exit', () => {
      clearTimeout(timer);
      // What the last command wrote is still on its way.
      setTimeout(() => {
        end();
        settle({ output, isLate });
      }, 100);
    });
  });
}

function matches(printed, expected) {
  if (expected.length === 0) return true;
  const lines = expected.map((line) =>
    line.trim() === '…'
      ? '(?:[^\\n]*\\n)*?'
      : `${line.trimEnd().split('…').map(escaped).join('[^\\n]*')}[ \\t]*\\n`,
  );
  return new RegExp(`^${lines.join('')}\\s*$`).test(
    printed.endsWith('\n') ? printed : `${printed}\n`,
  );
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function freePort() {
  return new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => settle(port));
    });
  });
}

const file = resolve(process.argv[2]);
const { problems, sessions } = await runPage(file);
console.log(JSON.stringify({ file, problems, sessions }, null, 2));
process.exitCode = problems.length > 0 ? 1 : 0;
