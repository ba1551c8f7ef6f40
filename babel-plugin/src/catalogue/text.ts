/**
 * Methods that send functions elsewhere as source text, with the indexes of those arguments. The text runs in a
 * browser page, another realm or a hoisted factory, where the runtime's imports do not exist, so it is not
 * rewritten.
 */
export const textSenders: Readonly<Record<string, readonly number[] | 'all'>> = {
  // Playwright and Puppeteer: page, frame, worker, element and handle.
  evaluate: 'all',
  evaluateHandle: 'all',
  evaluateAll: 'all',
  evaluateOnNewDocument: 'all',
  addInitScript: 'all',
  waitForFunction: 'all',
  $eval: [1],
  $$eval: [1],
  // WebdriverIO and Selenium.
  executeScript: 'all',
  executeAsyncScript: 'all',
  executeAsync: 'all',
  execute: 'all',
  // workerpool.
  exec: [0],
  // Jest and Vitest hoist these above every import.
  mock: [1],
  hoisted: [0],
};

/** Names from `takesText` that count only on certain objects. */
export const textReceivers: Readonly<Record<string, ReadonlySet<string>>> = {
  execute: new Set(['browser', 'driver']),
  mock: new Set(['jest', 'vi', 'vitest']),
  hoisted: new Set(['vi', 'vitest']),
};

/** Methods from `textSenders` that count only if the next argument is a list: of a query, `exec` takes a callback. */
export const textWithList: ReadonlySet<string> = new Set(['exec']);

/** Global functions and constructors that run source text, or store it for later. */
export const evaluators: ReadonlySet<string> = new Set(['Function', 'eval', 'Blob', 'Worker']);

/** Modules whose functions run source text. */
export const evaluatorModules: ReadonlySet<string> = new Set([
  ...['vm', 'worker_threads', 'testcafe', 'workerpool', 'greenlet', '@koale/useworker'],
  ...['inline-worker', 'tiny-worker', 'paralleljs', 'gpu.js'],
]);

/** Directives of functions that a later pass moves out of the file. */
export const textDirectives: ReadonlySet<string> = new Set(['worklet']);

/**
 * Functions of test runners, which read fixture names from the first parameter of their callback. A callback
 * whose first parameter is a pattern keeps its parameters.
 */
export const readsParameters: ReadonlySet<string> = new Set([
  ...['test', 'it', 'bench', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll', 'setup'],
  ...['teardown', 'aroundEach', 'aroundAll', 'Given', 'When', 'Then'],
]);

/** Matches directives that make a framework transform functions by their form. */
export const serverDirectives = /^use (server|cache)\b/;

/** Modules whose own compilers look for functions in the arguments of their exports. */
export const formReaders: ReadonlySet<string> = new Set(['next/dynamic', '@loadable/component']);
