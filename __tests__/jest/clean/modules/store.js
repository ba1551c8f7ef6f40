const { EventEmitter } = require('node:events');

const values = new Map();
const changes = new EventEmitter();
changes.on('put', (key, value) => values.set(key, value));

exports.get = (key) => values.get(key);
exports.put = async function put(key, value) {
  await new Promise((resolve) => setImmediate(resolve));
  changes.emit('put', key, value);
};
