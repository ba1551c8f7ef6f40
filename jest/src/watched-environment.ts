import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { watchEnvironment } from './watch-environment.js';

type EnvironmentClass = new (
  config: JestEnvironmentConfig,
  context: EnvironmentContext,
) => JestEnvironment<unknown>;

/**
 * Returns a subclass of a test environment that watches its tests, for configurations that set their own
 * `testRunner`. The preset's own runner does not need it: it watches tests in any environment.
 *
 * @example
 * class HappyDom extends watched(require('@happy-dom/jest-environment').default) {}
 */
export function watched<T extends EnvironmentClass>(Environment: T): T {
  // A mixin's constructor has the parameters of the class that it extends.
  const Base = Environment as EnvironmentClass;
  class Watched extends Base {
    constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
      super(config, context);
      // Jest sets the console only after the constructor has run.
      const setup = this.setup.bind(this);
      this.setup = async () => {
        await setup();
        watchEnvironment(this, config.projectConfig, context.testPath);
      };
    }
  }
  return Watched as unknown as T;
}
