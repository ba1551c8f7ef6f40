import { resolveFromJest } from '../jest-packages.js';
import type { Options } from '../options.js';
import { preset } from '../preset.js';
import type { Preset } from '../preset.js';

/** The preset for tests that run in jsdom. */
export function jsdomPreset(options: Options = {}): Preset {
  return { ...preset(options), testEnvironment: resolveFromJest('jest-environment-jsdom') };
}
