/** Everything that instrumented code may import from the runtime. */
export type HelperName =
  // Async functions, generators, modules.
  | 'adopt'
  | 'adoptThrough'
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
  | 'fulfil'
  | 'leaveFor'
  | 'pause'
  | 'proceed'
  | 'refuse'
  | 'restOf'
  | 'resume'
  | 'resumeModule'
  | 'run'
  | 'runThrough'
  | 'stepByHand'
  | 'steps'
  | 'suspend'
  // What a function looks like from outside.
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
  // Where things are, and what led there.
  | 'sites'
  | 'caught'
  | 'handed'
  | 'thrown'
  | 'woke';

/**
 * Helpers that begin a strand or hand work over. In builds with causes the number of their place comes first.
 */
export const sitedHelpers: ReadonlySet<HelperName> = new Set<HelperName>([
  ...(['run', 'runThrough', 'begin', 'enter', 'enterCreated'] as const),
  ...(['chain', 'catchRejection', 'finallySettled'] as const),
  ...(['spawn', 'spawnAlike', 'spawnEach', 'spawnArguments', 'spawnInMethod'] as const),
  ...(['failing', 'listening', 'members', 'stages', 'handlerFor'] as const),
  ...(['listen', 'listenBy', 'addListener', 'addListenerBy', 'addListenerHere'] as const),
]);

/** What stands for a callback that is handed over. */
export type CallbackHelper =
  /** Runs in a branch of the frame it was handed over in. */
  | 'spawn'
  /** The same, for receivers that ask for its `name`, its `length` or whether it is async. */
  | 'spawnAlike'
  /** Runs as a listener does. */
  | 'listening'
  /** Is told of failures, and runs in the frame of what failed. */
  | 'failing'
  /** An object or a list of functions, each of which runs as a listener does. */
  | 'members'
  /** A function that is handed a callback itself, last: an HTTP handler with its `next`. */
  | 'stages'
  /** A callback, or a list or an object of some. */
  | 'spawnEach'
  | 'spawnArguments'
  | 'spawnInMethod'
  | 'middleware';

/** What takes the place of a call, and is handed the function that was called. */
export type WholeCallHelper =
  | 'addListenerHere'
  | 'eventOnce'
  | 'eventsOn'
  | 'postHere'
  | 'promisified'
  | 'received'
  | 'removeListenerHere';

/** What earlier passes leave behind when they lower async functions. */
export const loweringHelpers: ReadonlySet<string> = new Set([
  'asyncToGenerator',
  '_asyncToGenerator',
  '__awaiter',
  '_async_to_generator',
]);
