import { resolveFromJest } from '../jest-packages.js';
import type { Options } from '../options.js';
import { preset } from '../preset.js';
import type { Preset } from '../preset.js';

/**
 * Returns the preset for tests that run in jsdom. Throws `TL_JEST_MISSING` when jest-environment-jsdom is not
 * installed.
 */
export function jsdomPreset(options: Options = {}): Preset {
  return { ...preset(options), testEnvironment: resolveFromJest('jest-environment-jsdom') };
}
