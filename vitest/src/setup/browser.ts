// The setup file for Vitest 4.1 and later, in browsers.
import { chai, expect, inject, TestRunner, vi } from 'vitest';
import { browser } from '../platform/browser.js';
import { begin } from './begin.js';

const parts = {
  Runner: TestRunner,
  getHooks: TestRunner.getSuiteHooks,
  getFn: TestRunner.getTestFn,
  getCurrentSuite: TestRunner.getCurrentSuite,
  fakeTimers: () => (vi.isFakeTimers() ? vi.getTimerCount() : 0),
} as never;
await begin({ parts, chai, expect, provided: inject('throughline' as never) } as never, browser);
