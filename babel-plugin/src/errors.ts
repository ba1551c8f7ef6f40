/** Every error the plugin can raise. Codes are public: renaming one is a breaking change. */
export type PluginErrorCode =
  | 'OPTION_UNKNOWN'
  | 'OPTION_INVALID'
  | 'DIRECTIVE_UNKNOWN'
  | 'ASYNC_LOWERED_FIRST'
  | 'TYPESCRIPT_PRESET_MISSING'
  | 'SOURCE_MISSING'
  | 'PLACE_INVALID'
  | 'BUDGET_INVALID'
  | 'PACKAGE_MISSING';

export class PluginError extends Error {
  override readonly name = 'PluginError';

  constructor(
    readonly code: PluginErrorCode,
    message: string,
  ) {
    super(`${message} (${code})`);
  }
}

export function unknownOption(
  name: string,
  allowed: readonly string[],
  owner = '@throughline/babel-plugin',
): PluginError {
  return new PluginError(
    'OPTION_UNKNOWN',
    `Option ${quote(name)} is unknown. The options of ${owner} are ${list(allowed)}.`,
  );
}

export function invalidOption(name: string, expected: string, value: unknown): PluginError {
  return new PluginError(
    'OPTION_INVALID',
    `Option "${name}" must be ${expected}, but is ${quote(value)}.`,
  );
}

/** A program has types, and nothing that takes them away. */
export function typescriptPresetMissing(): PluginError {
  return new PluginError(
    'TYPESCRIPT_PRESET_MISSING',
    `A TypeScript file was loaded, but @babel/preset-typescript is not installed, which ` +
      `@throughline/babel-plugin/register takes its types away with. Install it: ` +
      `"npm install --save-dev @babel/preset-typescript".`,
  );
}

/** A command was given a path where nothing is. */
export function sourceMissing(path: string): PluginError {
  return new PluginError(
    'SOURCE_MISSING',
    `There is no file or folder ${quote(path)}. Give the sources to look at: "throughline check src".`,
  );
}

/** `throughline explain` was given something that is no line of a file. */
export function placeInvalid(place: string): PluginError {
  return new PluginError(
    'PLACE_INVALID',
    `${quote(place)} names no line. Write a file and a line of it: "throughline explain src/cart.ts:12".`,
  );
}

/** A budget file holds something that `throughline check` did not write. */
export function budgetInvalid(file: string, why: string): PluginError {
  return new PluginError(
    'BUDGET_INVALID',
    `The budget ${quote(file)} cannot be read: ${why}. Delete it, and the next check writes it anew.`,
  );
}

/** A command of a package that is not installed. */
export function packageMissing(command: string, name: string): PluginError {
  return new PluginError(
    'PACKAGE_MISSING',
    `The command "${command}" is part of ${name}, which is not installed: "npm install ${name}".`,
  );
}

export function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A BigInt, or an object that holds itself.
    return String(value);
  }
}
