/** Every error the plugin can raise, and every warning of `register`. Codes are public: renaming one is a breaking change. */
export type PluginErrorCode =
  | 'TL_OPTION_UNKNOWN'
  | 'TL_OPTION_INVALID'
  | 'TL_DIRECTIVE_UNKNOWN'
  | 'TL_ASYNC_LOWERED_FIRST'
  | 'TL_TYPESCRIPT_PRESET_MISSING'
  | 'TL_DECORATORS_NEED_COMPILER'
  | 'TL_SOURCE_MISSING'
  | 'TL_BUDGET_INVALID'
  | 'TL_CONFIG_UNREADABLE'
  | 'TL_FILE_LEFT_ALONE';

/** Error that the plugin, its adapters and its commands throw. Its message ends with `code`, in parentheses. */
export class PluginError extends Error {
  override readonly name = 'PluginError';

  constructor(
    readonly code: PluginErrorCode,
    message: string,
  ) {
    super(`${message} (${code})`);
  }
}

/** Returns the error for an option name that `owner` does not have. */
export function unknownOption(
  name: string,
  allowed: readonly string[],
  owner = '@throughline/babel-plugin',
): PluginError {
  return new PluginError(
    'TL_OPTION_UNKNOWN',
    `Option ${quote(name)} is unknown. The options of ${owner} are ${list(allowed)}.`,
  );
}

/** Returns the error for an option value of the wrong type or outside of the allowed values. */
export function invalidOption(name: string, expected: string, value: unknown): PluginError {
  return new PluginError(
    'TL_OPTION_INVALID',
    `Option "${name}" must be ${expected}, got ${quote(value)}.`,
  );
}

/** Returns the error for a program with TypeScript files when no preset is installed that strips types. */
export function typescriptPresetMissing(): PluginError {
  return new PluginError(
    'TL_TYPESCRIPT_PRESET_MISSING',
    `Cannot load TypeScript files: @throughline/babel-plugin/register needs ` +
      `@babel/preset-typescript to strip types. Install it: ` +
      `"npm install --save-dev @babel/preset-typescript".`,
  );
}

/** Returns the error for a TypeScript file with decorators when no compiler is installed that knows them. */
export function decoratorsNeedCompiler(file: string): PluginError {
  return new PluginError(
    'TL_DECORATORS_NEED_COMPILER',
    `Cannot load ${quote(file)}: it has decorators, which Node does not run. Install a compiler for them, and ` +
      '@throughline/babel-plugin/register calls it, with the options of tsconfig.json: "npm install --save-dev ' +
      '@swc/core", or typescript 5 or 6. (TypeScript 7 cannot be called by other programs.)',
  );
}

/** Returns the error for a path on the command line that does not exist. */
export function sourceMissing(path: string): PluginError {
  return new PluginError(
    'TL_SOURCE_MISSING',
    `No such file or folder: ${quote(path)}. Pass the sources to check: "throughline check src".`,
  );
}

/** Returns the error for a package.json that is not JSON. */
export function configUnreadable(file: string, why: string): PluginError {
  return new PluginError('TL_CONFIG_UNREADABLE', `Cannot read ${quote(file)}: ${why}.`);
}

/** Returns the error for a budget file that `throughline check` could not have written. */
export function budgetInvalid(file: string, why: string): PluginError {
  return new PluginError(
    'TL_BUDGET_INVALID',
    `Cannot read the budget file ${quote(file)}: ${why}. Write it with --update.`,
  );
}

/** Returns the names in quotes, separated by commas. */
export function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A BigInt or a circular object.
    return String(value);
  }
}
