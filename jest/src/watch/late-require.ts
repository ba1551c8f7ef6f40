/** The part of Jest's module system that speaks of files which are loaded too late. */
interface JestRuntime {
  _logFormattedReferenceError?: (message: string) => void;
}

/** What Jest says of it, after which the file stands. */
const TOO_LATE = /you are trying to `(?:import|require)` a file (?:after|outside)/i;

/** Calls `told` when a file is loaded after its test file is over, which Jest reports without a test. */
export function watchLateRequire(runtime: object, told: () => void): void {
  const jest = runtime as JestRuntime;
  const { _logFormattedReferenceError: log } = jest;
  if (typeof log !== 'function') return;
  jest._logFormattedReferenceError = function (message) {
    if (TOO_LATE.test(message)) told();
    log.call(this, message);
  };
}
