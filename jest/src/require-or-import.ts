import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Loads a file of the project, which may be CommonJS or a module. */
export async function requireOrImport(file: string): Promise<unknown> {
  try {
    return createRequire(import.meta.url)(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ESM') throw error;
    return import(pathToFileURL(file).href);
  }
}
