import * as crypto from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stores results of the compiler in a folder, keyed by everything that it depends on. */
export class DiskCache {
  constructor(
    readonly folder: string,
    private readonly salt: string,
  ) {}

  /** Returns the stored result for `parts`, or calls `make` and stores its result. */
  get(parts: readonly string[], make: () => string): string {
    const key = [this.salt, ...parts].map((part) => `${part.length}:${part}`).join('');
    const file = join(this.folder, `${hashOf(key)}.js`);
    try {
      return readFileSync(file, 'utf8');
    } catch {
      const made = make();
      this.keep(file, made);
      return made;
    }
  }

  /** Returns true once for a salt: to the first process that starts with it. False without a writable folder. */
  isFirst(): boolean {
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(join(this.folder, `${hashOf(this.salt)}.started`), '', { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  }

  /** Writes a temporary file and renames it, because several processes may write the same entry. */
  private keep(file: string, text: string): void {
    try {
      mkdirSync(this.folder, { recursive: true });
      const own = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      writeFileSync(own, text);
      renameSync(own, file);
    } catch {
      // Without a writable folder the program is slower, but runs.
    }
  }
}

/** Node 20.12 has a function that is faster for one text. */
const {
  hash = (name: string, text: string) => crypto.createHash(name).update(text).digest('hex'),
} = crypto as { hash?: (name: string, text: string) => string };

function hashOf(text: string): string {
  return hash('sha256', text).slice(0, 32);
}
