import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JestEnvironment } from '@jest/environment';
import type { Config } from '@jest/types';
import { baselineOf, policyOf } from '@throughline/ledger';
import { eventFileOf, readBaseline } from '@throughline/ledger/node';
import { optionsOf } from './options.js';
import { loadRealm } from './realm.js';
import type { LoadedRealm } from './realm.js';
import { CircusWatch } from './watch/watch.js';

const watched = new WeakMap<object, CircusWatch | undefined>();

/**
 * Watches the tests of an environment, once, even if both the runner and the environment call this. Returns undefined
 * when the environment has no realm of its own to watch.
 */
export function watchEnvironment(
  environment: JestEnvironment<unknown>,
  config: Config.ProjectConfig,
  testPath: string,
): CircusWatch | undefined {
  if (!watched.has(environment)) {
    watched.set(environment, begunWatch(environment, config, testPath));
  }
  return watched.get(environment);
}

function begunWatch(
  environment: JestEnvironment<unknown>,
  config: Config.ProjectConfig,
  testPath: string,
): CircusWatch | undefined {
  const options = optionsOf(config);
  const { cwd, rootDir, displayName } = config;
  const baseline = baselineOf(readBaseline(options.baseline && resolve(rootDir, options.baseline)));
  const policy = policyOf(readFileSync(testPath, 'utf8'), options, baseline);
  const realm = loadRealm(environment);
  if (realm === undefined) return undefined;
  keepOwners(environment, realm);
  const project = { cwd, rootDir, name: displayName?.name };
  const watch = new CircusWatch({
    ...{ environment, config, testPath, realm, policy },
    eventFile: eventFileOf(project, testPath, options.events),
  });
  watch.begin();
  return watch;
}

/**
 * Opens the bridge while the file runs: what a package does after a wait of its own belongs to the test that called it.
 * `THROUGHLINE_BRIDGE=off` keeps it closed. So does a window: jsdom, which is not instrumented, prints the errors of
 * listeners and timers itself, and they have been found already.
 */
function keepOwners(environment: JestEnvironment<unknown>, realm: LoadedRealm): void {
  const isWindow = 'document' in environment.global;
  if (isWindow || process.env['THROUGHLINE_BRIDGE'] === 'off') return;
  realm.runtime.openBridge();
  const teardown = environment.teardown.bind(environment);
  environment.teardown = async () => {
    try {
      await teardown();
    } finally {
      realm.closeBridge();
    }
  };
}
