import type { JestEnvironment } from '@jest/environment';
import type { Config } from '@jest/types';
import { eventFileOf } from './events/event-file.js';
import { optionsOf } from './options.js';
import { policyOf } from './policy.js';
import { loadRealm } from './realm.js';
import type { Realm } from './realm.js';
import { runtimeSource } from './runtime-source.js';
import { watch } from './watch/watch.js';

const watched = new WeakSet<object>();

/** Watches the tests of an environment, once, even if both the runner and the environment call this. */
export function watchEnvironment(
  environment: JestEnvironment<unknown>,
  config: Config.ProjectConfig,
  testPath: string,
): void {
  if (watched.has(environment)) return;
  watched.add(environment);
  const options = optionsOf(config);
  const policy = policyOf(testPath, config.rootDir, options);
  const realm = loadRealm(environment);
  if (realm === undefined) return;
  keepOwners(environment, realm);
  watch({
    environment,
    config,
    testPath,
    source: runtimeSource(realm),
    tracing: realm.ledger,
    eventFile: eventFileOf(config, testPath, options.events),
    policy,
    global: realm.global,
  });
}

/**
 * Opens the bridge while the file runs: what a package does after a wait of its own belongs to the test that called it.
 * `THROUGHLINE_BRIDGE=off` keeps it closed. So does a window: jsdom, which is not instrumented, prints the errors of
 * listeners and timers itself, and they have been found already.
 */
function keepOwners(environment: JestEnvironment<unknown>, { closeBridge, runtime }: Realm): void {
  const isWindow = 'document' in environment.global;
  if (isWindow || process.env['THROUGHLINE_BRIDGE'] === 'off') return;
  runtime.openBridge();
  const teardown = environment.teardown.bind(environment);
  environment.teardown = async () => {
    try {
      await teardown();
    } finally {
      closeBridge();
    }
  };
}
