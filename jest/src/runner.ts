import type { JestEnvironment } from '@jest/environment';
import type { TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { requireFromJest } from './jest-packages.js';
import { watchEnvironment } from './watch-environment.js';

type Runner = (
  globalConfig: Config.GlobalConfig,
  config: Config.ProjectConfig,
  environment: JestEnvironment<unknown>,
  runtime: unknown,
  testPath: string,
  ...rest: readonly unknown[]
) => Promise<TestResult>;

/** Runs a test file with Jest's own runner, and watches it in any environment. */
export default async function runner(...given: Parameters<Runner>): Promise<TestResult> {
  const [, config, environment, , testPath] = given;
  watchEnvironment(environment, config, testPath);
  const circus = requireFromJest<{ default?: Runner }>('jest-circus/runner');
  return (circus.default ?? (circus as Runner))(...given);
}
