// What is taken from Vitest 4.1 and later.
import { chai, expect, inject, TestRunner, vi } from 'vitest';
import { PROVIDED } from '../provided.js';
import type { Given } from '../watch/realm-watch.js';

// Typed by what is the same in all versions.
export const given = {
  parts: {
    Runner: TestRunner,
    getHooks: TestRunner.getSuiteHooks,
    getFn: TestRunner.getTestFn,
    getCurrentSuite: TestRunner.getCurrentSuite,
    fakeTimers: () => (vi.isFakeTimers() ? vi.getTimerCount() : 0),
  },
  ...{ chai, expect, provided: inject(PROVIDED as never) },
} as unknown as Given;
