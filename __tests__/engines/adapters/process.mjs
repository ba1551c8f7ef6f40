// Engines that are a program which runs a file: results come over standard output.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installFromNpm, isThere, NotRun, versionOf } from '../install.mjs';
import { start, within } from './child.mjs';

const beside = fileURLToPath(new URL('../node_modules', import.meta.url));

export function open(engine, { folder, limitMs }) {
  const binary = binaryOf(engine, folder);
  const [packageVersion] = Object.values(engine.npm);
  const version = engine.print === 'print' ? packageVersion : versionOf(binary);

  return {
    version,
    async run(script) {
      const file = join(folder, 'suite.js');
      writeFileSync(file, `${script}\nthroughlineSuite(${engine.print ?? 'console.log'});\n`);
      const child = start(binary, [...(engine.args ?? []), file], { env: engine.env });
      const end = await within(limitMs, child.ended, () => ({ stuck: true }));
      await child.stop();
      if (end.error) throw new NotRun(`it does not start: ${end.error.code}`);
      return { lines: child.output.stdout, remark: remarkOn(end, child.output, limitMs) };
    },
  };
}

function binaryOf({ name, npm, binary }, folder) {
  // This very Node will do for its own version.
  if (npm.node !== undefined && npm.node === process.versions.node) return process.execPath;
  if (npm.node !== undefined && isThere(beside, name, npm.node)) {
    return join(beside, name, 'bin', 'node');
  }
  return join(installFromNpm(folder, npm), binary);
}

function remarkOn({ stuck, code, signal }, { stderr }, limitMs) {
  if (stuck) return `it did not end in ${limitMs} ms`;
  return code === 0
    ? undefined
    : `${signal ?? `exit code ${code}`}: ${stderr.trim().slice(0, 400)}`;
}
