/** Reports a failure that a test of a file has caused. Returns false when none of its tests has. */
type Report = (error: unknown, promise: object | undefined) => boolean;

/** The test files of this process whose realm is still there, although they may be over. */
const finished = new Set<WeakRef<Report>>();
/** By the helpers of instrumented files, which everything that a file can still do holds. */
const kept = new WeakMap<object, Report>();

/** Makes failures of a file's tests be reported also after the file is over, as long as its `helpers` are held. */
export function keepAfterEnd(report: Report, helpers: object): void {
  kept.set(helpers, report);
  for (const held of finished) if (held.deref() === undefined) finished.delete(held);
  finished.add(new WeakRef(report));
  listenForFailures();
}

/** Listens for failures, unless that is done: Jest 29 takes the listeners away for good while it runs a file. */
export function listenForFailures(): void {
  if (process.listeners('uncaughtException').includes(onException)) return;
  process.on('uncaughtException', onException);
  process.on('unhandledRejection', onRejection);
}

/** Reports a failure that a test of a finished file has caused. Returns false when it is none. */
export function isOfFinishedFile(error: unknown, promise: object | undefined): boolean {
  return [...finished].some((held) => held.deref()?.(error, promise) ?? false);
}

// Jest takes these listeners away while it runs a file, and adds them again after that.
function onException(error: unknown): void {
  if (!isOfFinishedFile(error, undefined)) endAsBefore(error, 'uncaughtException', onException);
}

function onRejection(error: unknown, promise: object): void {
  if (!isOfFinishedFile(error, promise)) endAsBefore(error, 'unhandledRejection', onRejection);
}

/** Ends the process as Node does, if it would without our listener. */
function endAsBefore(
  error: unknown,
  event: 'uncaughtException' | 'unhandledRejection',
  own: typeof onException | typeof onRejection,
): void {
  if (process.listenerCount(event) > 1) return;
  process.off('uncaughtException', onException);
  process.off(event, own);
  process.nextTick(() => {
    throw error;
  });
}
