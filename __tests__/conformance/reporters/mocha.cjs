// Writes a line of JSON a test, for projects-tools.mjs: mocha's own JSON shares its stream with
// whatever the tests print.
const { appendFileSync } = require('node:fs');

module.exports = class {
  constructor(runner) {
    const write = (test, passed) =>
      appendFileSync(
        process.env.CONFORMANCE_RESULTS,
        `${JSON.stringify([test.fullTitle(), passed])}\n`,
      );
    runner.on('pass', (test) => write(test, true));
    runner.on('fail', (test) => write(test, false));
  }
};
