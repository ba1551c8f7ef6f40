// The setup file for Vitest 3 and 4.0, in Node.
import { chai, expect, inject, vi } from 'vitest';
import { VitestTestRunner } from 'vitest/runners';
import { getCurrentSuite, getFn, getHooks } from 'vitest/suite';
import { node } from '../platform/node.js';
import { begin } from './begin.js';

const fakeTimers = () => (vi.isFakeTimers() ? vi.getTimerCount() : 0);
const parts = { Runner: VitestTestRunner, getHooks, getFn, getCurrentSuite, fakeTimers } as never;
await begin({ parts, chai, expect, provided: inject('throughline' as never) } as never, node);
