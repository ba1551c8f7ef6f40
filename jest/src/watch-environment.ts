import type { JestEnvironment } from '@jest/environment';
import type { Config } from '@jest/types';
import { eventFileOf } from './events/event-file.js';
import { optionsOf } from './options.js';
import { policyOf } from './policy.js';
import { loadRealm } from './realm.js';
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
