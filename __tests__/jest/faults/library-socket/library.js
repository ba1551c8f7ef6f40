const net = require('node:net');

/** Like a driver: it waits before it connects, as a name is looked up. */
exports.connect = async (port) => {
  await null;
  return new Promise((resolve) => {
    // guilty
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
  });
};
