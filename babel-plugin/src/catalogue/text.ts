/**
 * Functions that are handed to these are sent elsewhere as text, where no import of ours exists: a
 * browser page, another realm, a hoisted factory. They stay as written.
 */
export const takesText: Readonly<Record<string, readonly number[] | 'all'>> = {
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
  // Jest and Vitest hoist these above every import.
  mock: [1],
  hoisted: [0],
};

/** Of these names only the methods of certain objects take a text. */
export const textReceivers: Readonly<Record<string, ReadonlySet<string>>> = {
  execute: new Set(['browser', 'driver']),
  mock: new Set(['jest', 'vi', 'vitest']),
  hoisted: new Set(['vi', 'vitest']),
};

/** Global functions and constructors that run a text, or keep it for somebody who does. */
export const evaluators: ReadonlySet<string> = new Set(['Function', 'eval', 'Blob', 'Worker']);

/** Modules whose functions do. */
export const evaluatorModules: ReadonlySet<string> = new Set(['vm', 'worker_threads', 'testcafe']);

/** A function with one of these directives is taken out of the file by a later pass. */
export const textDirectives: ReadonlySet<string> = new Set(['worklet']);

/**
 * Test runners read the names of fixtures out of a function's first parameter. A function that is
 * handed to one of these, and whose first parameter is a pattern, keeps its head.
 */
export const readsParameters: ReadonlySet<string> = new Set([
  ...['test', 'it', 'bench', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll', 'setup'],
  ...['teardown', 'Given', 'When', 'Then'],
]);

/** With one of these, a framework takes a function apart by its form. */
export const serverDirectives = /^use (server|cache)\b/;

/** Modules whose compilers look for functions among the arguments of their exports. */
export const formReaders: ReadonlySet<string> = new Set(['next/dynamic', '@loadable/component']);
