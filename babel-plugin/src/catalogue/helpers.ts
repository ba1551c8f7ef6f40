/** Everything that instrumented code may import from the runtime. */
export type HelperName = PlainHelper | SitedHelper;

/** Helpers that are called in the same way in every build. */
export type PlainHelper =
  // Async functions, generators, modules.
  | 'adopt'
  | 'adoptSync'
  | 'resumeIfSuspended'
  | 'resumeModuleIfSuspended'
  | 'delegateSteps'
  | 'delegateStepsHere'
  | 'end'
  | 'enterModule'
  | 'creationFrame'
  | 'resolveSync'
  | 'leaveAtYield'
  | 'pause'
  | 'pauseAtYield'
  | 'proceed'
  | 'rejectSync'
  | 'restOf'
  | 'resume'
  | 'resumeModule'
  | 'stepByHand'
  | 'steps'
  | 'suspend'
  // Disposal at the end of a block.
  | 'closeUsing'
  | 'disposeNext'
  | 'failUsing'
  | 'openUsing'
  | 'useAsync'
  | 'useSync'
  // How a function looks from outside.
  | 'asWritten'
  | 'asyncMember'
  | 'markAsync'
  | 'markAsyncMembers'
  | 'markAsyncMethods'
  | 'notConstructorError'
  | 'libraryClass'
  | 'ownClass'
  | 'toKey'
  | 'usesModule'
  // Promises.
  | 'combine'
  | 'madeHere'
  | 'newPromise'
  | 'settleNow'
  | 'tracePromiseHere'
  | 'tryCall'
  | 'withResolvers'
  // Callbacks and listeners.
  | 'callThrough'
  | 'handlerOf'
  | 'exposeListeners'
  | 'rawListeners'
  | 'removeListener'
  | 'unlisten'
  | 'middleware'
  | 'refresh'
  | Exclude<WholeCallHelper, SitedHelper>
  // In builds with causes: what mocks record.
  | 'forMock'
  // Values that are held for one moment.
  | 'first'
  | 'hold'
  | 'held'
  // Functions as values.
  | 'asValue'
  | 'unwrapValue'
  // Threads.
  | 'newChannel'
  | 'newWorker'
  | 'post'
  // Sites and causes.
  | 'sites'
  | 'noteCatch'
  | 'noteModuleCatch'
  | 'logAt'
  | 'noteHandoff'
  | 'noteThrow'
  | 'checkContext';

const sited = [
  'run',
  'runKept',
  'runSync',
  'beginSync',
  'enter',
  'enterCreated',
  'enterWritten',
  'callFollowed',
  'chain',
  'chainCatch',
  'chainFinally',
  'spawn',
  'spawnAlike',
  'spawnEach',
  'spawnArguments',
  'spawnInMethod',
  'spawnFailureListener',
  'spawnListener',
  'spawnMembers',
  'spawnStages',
  'handlerFor',
  'listen',
  'listenBy',
  'addListener',
  'addListenerBy',
  'addListenerHere',
] as const;

/** Helpers that start a strand or pass work on. In builds with causes, their first argument is the number of the site. */
export type SitedHelper = (typeof sited)[number];
export const sitedHelpers: ReadonlySet<HelperName> = new Set<HelperName>(sited);

/** Helpers that wrap a callback. */
export type CallbackHelper =
  /** Runs the callback in a branch of the frame in which it was passed. */
  | 'spawn'
  /** As `spawn`, and keeps `name`, `length` and async-ness for receivers that read them. */
  | 'spawnAlike'
  /** Runs the callback as a listener. */
  | 'spawnListener'
  /** Runs a listener for failures in the frame of the code that failed. */
  | 'spawnFailureListener'
  /** Runs each function of an object or an array as a listener. */
  | 'spawnMembers'
  /** Runs a stage of `pipeline()`, and the steps of the iterable that it returns, in the frame of the call. */
  | 'spawnStages'
  /** As `spawn`, for a callback or for each callback of an array or a plain object. */
  | 'spawnEach'
  /** Wraps the callbacks in a list of arguments by a rule. */
  | 'spawnArguments'
  /** Calls a method, and wraps its callbacks by the rules for the receiver's class. */
  | 'spawnInMethod'
  /** Wraps an HTTP handler so that its `next` runs in the frame in which the handler was called. */
  | 'middleware';

/** Helpers that replace a whole call and take the called function as their first argument. */
export type WholeCallHelper =
  | 'callFollowed'
  | 'addListenerHere'
  | 'eventOnce'
  | 'eventsOn'
  | 'shownListeners'
  | 'postHere'
  | 'callPromisify'
  | 'fetchHere'
  | 'fromAsync'
  | 'receiveMessage'
  | 'removeListenerHere';

/** Helpers that other tools add when they lower async functions. */
export const loweringHelpers: ReadonlySet<string> = new Set([
  'asyncToGenerator',
  '_asyncToGenerator',
  '__awaiter',
  '_async_to_generator',
]);
