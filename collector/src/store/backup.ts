import { existsSync } from 'node:fs';
import { CollectorError, errorMessage } from '../errors.js';
import { openDriver } from './driver.js';
import type { Driver } from './driver.js';
import { isClickHouse, withoutPassword } from './location.js';
import { contentsOf } from './schema.js';

/**
 * Writes a copy of a store into a new file, as it is at one moment, also while a collector writes to it. The copy is smaller if events
 * were removed (SQLite, "VACUUM INTO").
 *
 * Throws `TL_STORE_UNAVAILABLE`.
 */
export function backUpStore(store: string, file: string): void {
  if (isClickHouse(store)) {
    throw new CollectorError(
      'TL_STORE_UNAVAILABLE',
      `The store "${withoutPassword(store)}" is no file. Copy it with ClickHouse's own BACKUP.`,
    );
  }
  if (!existsSync(store)) throw unavailable(store, 'there is no such file');
  let driver: Driver | undefined;
  try {
    driver = openDriver(store);
    if (contentsOf(driver) === 'empty') throw new Error('it has no events');
    driver.prepare('VACUUM INTO ?').run(file);
  } catch (error) {
    throw unavailable(store, errorMessage(error), error);
  } finally {
    driver?.close();
  }

  function unavailable(of: string, why: string, cause?: unknown): CollectorError {
    return new CollectorError(
      'TL_STORE_UNAVAILABLE',
      `Cannot copy the store "${of}" to "${file}": ${why}. Name the store of a collector with --store, and a file that does not exist yet.`,
      { cause },
    );
  }
}
