import { existsSync } from 'node:fs';

/** Where Debian puts it. */
export const FIREFOX = '/usr/bin/firefox-esr';

/** Tests in Firefox are skipped on a machine without it, but never where CI runs: there they fail. */
export const hasFirefox = existsSync(FIREFOX) || process.env['CI'] !== undefined;
