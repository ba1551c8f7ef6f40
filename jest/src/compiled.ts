// What compiled files import, in the tests' realm: the runtime that was loaded there before them. Where
// none was, since the configuration has a runner and environments of its own, the package's.
declare const module: { exports: unknown };
declare const require: ((name: string) => unknown) & { resolve(name: string): string };

module.exports =
  (globalThis as Record<symbol, unknown>)[Symbol.for('throughline.jest')] ??
  // Not by its name: the name is what leads here.
  require(
    require
      .resolve('@throughline/runtime/package.json')
      .replace('package.json', 'dist/cjs/compiled-with-causes.js'),
  );
