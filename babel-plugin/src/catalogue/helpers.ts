/** Everything that instrumented code may import from the runtime. */
export type HelperName =
  // Async functions, generators, modules.
  | 'adopt'
  | 'adoptSync'
  | 'back'
  | 'backInModule'
  | 'begin'
  | 'delegated'
  | 'delegatedHere'
  | 'end'
  | 'enter'
  | 'enterCreated'
  | 'enterModule'
  | 'created'
  | 'resolveSync'
  | 'leaveFor'
  | 'pause'
  | 'proceed'
  | 'rejectSync'
  | 'restOf'
  | 'resume'
  | 'resumeModule'
  | 'run'
  | 'runSync'
  | 'stepByHand'
  | 'steps'
  | 'suspend'
  // How a function looks from outside.
  | 'asAsync'
  | 'asyncMembers'
  | 'notConstructor'
  | 'toKey'
  // Promises.
  | 'catchRejection'
  | 'chain'
  | 'combine'
  | 'finallySettled'
  | 'newPromise'
  | 'settledNow'
  | 'tryCall'
  | 'withResolvers'
  // Callbacks and listeners.
  | 'addListener'
  | 'addListenerBy'
  | 'handlerFor'
  | 'handlerOf'
  | 'listen'
  | 'listenBy'
  | 'showing'
  | 'removeListener'
  | 'unlisten'
  | CallbackHelper
  | WholeCallHelper
  // Functions as values.
  | 'asValue'
  | 'bare'
  // Threads.
  | 'newChannel'
  | 'newWorker'
  | 'post'
  // Sites and causes.
  | 'sites'
  | 'caught'
  | 'logAt'
  | 'noteHandoff'
  | 'thrown'
  | 'checkContext';

/**
 * Helpers that start a strand or pass work on. In builds with causes, their first argument is the number of the
 * site.
 */
export const sitedHelpers: ReadonlySet<HelperName> = new Set<HelperName>([
  ...(['run', 'runSync', 'begin', 'enter', 'enterCreated'] as const),
  ...(['chain', 'catchRejection', 'finallySettled'] as const),
  ...(['spawn', 'spawnAlike', 'spawnEach', 'spawnArguments', 'spawnInMethod'] as const),
  ...(['failing', 'listening', 'members', 'stages', 'handlerFor'] as const),
  ...(['listen', 'listenBy', 'addListener', 'addListenerBy', 'addListenerHere'] as const),
]);

/** Helpers that wrap a callback. */
export type CallbackHelper =
  /** Runs the callback in a branch of the frame in which it was passed. */
  | 'spawn'
  /** As `spawn`, and keeps `name`, `length` and async-ness for receivers that read them. */
  | 'spawnAlike'
  /** Runs the callback as a listener. */
  | 'listening'
  /** Runs a listener for failures in the frame of the code that failed. */
  | 'failing'
  /** Runs each function of an object or an array as a listener. */
  | 'members'
  /** Runs a stage of `pipeline()`, and the steps of the iterable that it returns, in the frame of the call. */
  | 'stages'
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
  | 'addListenerHere'
  | 'eventOnce'
  | 'eventsOn'
  | 'postHere'
  | 'promisified'
  | 'received'
  | 'removeListenerHere';

/** Helpers that other tools add when they lower async functions. */
export const loweringHelpers: ReadonlySet<string> = new Set([
  'asyncToGenerator',
  '_asyncToGenerator',
  '__awaiter',
  '_async_to_generator',
]);
