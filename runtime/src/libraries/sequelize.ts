import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { LibraryMethods, Replace } from '../methods/replace.js';
import { rememberAwaiting } from '../operations/called-from.js';

/**
 * Stands for a method that waits, for a connection or a hook, before it asks the database: by then the stack of its caller is gone. What it asks
 * names the line that has called it.
 */
const remembers: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    return runIn(rememberAwaiting(branch(currentFrame())), method, this, args);
  };

const OF_CLASSES =
  'aggregate bulkCreate count create decrement destroy findAll findAndCountAll findByPk findCreateFind findOne ' +
  'findOrBuild findOrCreate increment max min restore sum truncate update upsert';
const OF_OBJECTS = 'decrement destroy increment reload restore save update';

const named = (names: string, prefix = ''): Readonly<Record<string, Replace>> =>
  Object.fromEntries(names.split(' ').map((name) => [`${prefix}${name}`, remembers]));

export const sequelize: LibraryMethods = {
  'sequelize Model': { ...named(OF_CLASSES, 'static '), ...named(OF_OBJECTS) },
  'sequelize Sequelize': named('authenticate query transaction'),
};
