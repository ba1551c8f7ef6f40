// The module that instrumented files import in the tests' realm. It exports the runtime that was loaded there before
// them, or the package's own if none was, because the configuration sets its own runner and environment.
declare const module: { exports: unknown };
declare const require: (name: string) => unknown;

module.exports =
  (globalThis as Record<symbol, unknown>)[Symbol.for('throughline.jest')] ??
  // The preset maps the name that the plugin writes to this file, so the runtime exports it under a second name.
  require('@throughline/runtime/compiled-for-jest');
