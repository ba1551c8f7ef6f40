import { existsSync } from 'node:fs';

/** Where Debian puts it. */
export const CHROMIUM = '/usr/bin/chromium';

/** Tests of pages are skipped on a machine without a browser, but never where CI runs: there they fail. */
export const hasChromium = existsSync(CHROMIUM) || process.env['CI'] !== undefined;
