import type { Platform } from '../platform/platform.js';
import { RealmWatch } from '../watch/realm-watch.js';
import type { Given } from '../watch/realm-watch.js';

const KEY = Symbol.for('throughline.vitest');

/** Watches the test file that is about to be loaded. Runs once for each file; files may share a realm. */
export async function begin(given: Given, platform: Platform): Promise<void> {
  const realm = globalThis as { [KEY]?: RealmWatch };
  await (realm[KEY] ??= new RealmWatch(given, platform)).begin();
}
