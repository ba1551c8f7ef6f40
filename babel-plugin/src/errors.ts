/** Every error the plugin can raise. Codes are public: renaming one is a breaking change. */
export type PluginErrorCode =
  | 'OPTION_UNKNOWN'
  | 'OPTION_INVALID'
  | 'DIRECTIVE_UNKNOWN'
  | 'ASYNC_LOWERED_FIRST'
  | 'TYPESCRIPT_PRESET_MISSING';

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
