// What is taken from Vitest 3 and 4.0.
import { chai, expect, inject, vi } from 'vitest';
import { VitestTestRunner } from 'vitest/runners';
import { getCurrentSuite, getFn, getHooks } from 'vitest/suite';
import { PROVIDED } from '../provided.js';
import type { Given } from '../watch/realm-watch.js';

// Typed by what is the same in all versions.
export const given = {
  parts: {
    Runner: VitestTestRunner,
    ...{ getHooks, getFn, getCurrentSuite },
    fakeTimers: () => (vi.isFakeTimers() ? vi.getTimerCount() : 0),
  },
  ...{ chai, expect, provided: inject(PROVIDED as never) },
} as unknown as Given;
