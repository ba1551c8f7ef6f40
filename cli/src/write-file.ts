import { writeFileSync } from 'node:fs';
import { CliError, errorMessage } from './errors.js';

/** Writes a file, and says so. Throws `TL_FILE_UNWRITABLE`. */
export function writeFile(file: string, text: string | Uint8Array): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(
      'TL_FILE_UNWRITABLE',
      `Cannot write ${JSON.stringify(file)}: ${errorMessage(error)}. Use a file in an existing, writable folder.`,
      { cause: error },
    );
  }
  console.log(`Wrote ${file}.`);
}
