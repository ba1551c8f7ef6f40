import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps what was made of a text, in a folder, by all that it depends on. */
export class DiskCache {
  constructor(
    private readonly folder: string,
    private readonly salt: string,
  ) {}

  /** What was made of these before, or what `make` makes of them now. */
  get(parts: readonly string[], make: () => string): string {
    const hash = createHash('sha256');
    for (const part of [this.salt, ...parts]) hash.update(`${part.length}:${part}`);
    const file = join(this.folder, `${hash.digest('hex').slice(0, 32)}.js`);
    try {
      return readFileSync(file, 'utf8');
    } catch {
      const made = make();
      this.keep(file, made);
      return made;
    }
  }

  /** Several processes may write the same file: each writes its own and puts it in place at once. */
  private keep(file: string, text: string): void {
    try {
      mkdirSync(this.folder, { recursive: true });
      const own = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      writeFileSync(own, text);
      renameSync(own, file);
    } catch {
      // A folder that cannot be written to costs time, not the program.
    }
  }
}
