import type { JestEnvironment } from '@jest/environment';
import type { TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { requireFromJest } from './jest-packages.js';
import { watchEnvironment } from './watch-environment.js';
import { watchLateRequire } from './watch/late-require.js';

type Runner = (
  globalConfig: Config.GlobalConfig,
  config: Config.ProjectConfig,
  environment: JestEnvironment<unknown>,
  runtime: object,
  testPath: string,
  ...rest: readonly unknown[]
) => Promise<TestResult>;

/** Runs a test file with Jest's own runner, and watches it in any environment. */
export default async function runner(...given: Parameters<Runner>): Promise<TestResult> {
  const [, config, environment, runtime, testPath] = given;
  const watch = watchEnvironment(environment, config, testPath);
  if (watch) watchLateRequire(runtime, () => watch.noteLateRequire());
  const circus = requireFromJest<{ default?: Runner }>('jest-circus/runner');
  return (circus.default ?? (circus as Runner))(...given);
}
