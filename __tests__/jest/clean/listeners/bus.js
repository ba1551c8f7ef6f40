const { EventEmitter } = require('node:events');

exports.bus = new EventEmitter();
// The module's own listener stays as long as the module does.
exports.bus.on('event', () => {});
