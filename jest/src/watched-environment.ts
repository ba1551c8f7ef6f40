import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { watchEnvironment } from './watch-environment.js';

type EnvironmentClass = new (
  config: JestEnvironmentConfig,
  context: EnvironmentContext,
) => JestEnvironment<unknown>;

/**
 * An environment whose tests are watched, for a configuration that has a `testRunner` of its own. With
 * the preset's runner, any environment will do.
 *
 * @example
 * class HappyDom extends watched(require('@happy-dom/jest-environment').default) {}
 */
export function watched<T extends EnvironmentClass>(Environment: T): T {
  // A mixin's constructor takes what the class it extends takes.
  const Base = Environment as EnvironmentClass;
  class Watched extends Base {
    constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
      super(config, context);
      // The console is given to it once it is made.
      const setup = this.setup.bind(this);
      this.setup = async () => {
        await setup();
        watchEnvironment(this, config.projectConfig, context.testPath);
      };
    }
  }
  return Watched as unknown as T;
}
