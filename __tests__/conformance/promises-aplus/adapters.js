// Every way in which compiled code makes a promise, as promises-aplus-tests wants it. Compiled by
// run.mjs, like the tests themselves, whose calls of `then` would not go through the runtime otherwise.

exports.newPromise = {
  resolved: (value) => Promise.resolve(value),
  rejected: (reason) => Promise.reject(reason),
  deferred() {
    let resolve, reject;
    const promise = new Promise((fulfil, refuse) => {
      resolve = fulfil;
      reject = refuse;
    });
    return { promise, resolve, reject };
  },
};

exports.asyncFunctions = {
  resolved: async (value) => value,
  rejected: async (reason) => {
    throw reason;
  },
  deferred() {
    const { promise: inner, resolve, reject } = exports.newPromise.deferred();
    return { promise: (async () => await inner)(), resolve, reject };
  },
};

exports.reactions = {
  resolved: (value) => Promise.resolve().then(() => value),
  rejected: (reason) =>
    Promise.resolve().then(() => {
      throw reason;
    }),
  deferred() {
    const { promise: inner, resolve, reject } = exports.newPromise.deferred();
    return {
      promise: inner.finally(() => {}).catch((reason) => Promise.reject(reason)),
      resolve,
      reject,
    };
  },
};

exports.combinators = {
  resolved: (value) => Promise.race([exports.newPromise.resolved(value)]),
  rejected: (reason) => Promise.all([Promise.reject(reason)]),
  deferred() {
    const { promise: inner, resolve, reject } = exports.newPromise.deferred();
    return { promise: Promise.race([inner]), resolve, reject };
  },
};

if (Promise.withResolvers) {
  exports.withResolvers = {
    resolved: exports.newPromise.resolved,
    rejected: exports.newPromise.rejected,
    deferred: () => Promise.withResolvers(),
  };
}
