/** Has the methods of Node's emitters, and compares listeners. */
class Bell {
  all = [];
  on(name, listener) {
    this.all.push([name, listener]);
    return this;
  }
  once(name, listener) {
    const first = () => {
      this.off(name, first);
      listener();
    };
    return this.on(name, first);
  }
  off(name, listener) {
    this.all = this.all.filter((one) => one[0] !== name || one[1] !== listener);
    return this;
  }
  removeListener(name, listener) {
    return this.off(name, listener);
  }
  emit(name) {
    for (const listener of this.listeners(name)) listener();
  }
  listeners(name) {
    return this.all.filter((one) => one[0] === name).map(([, listener]) => listener);
  }
  rawListeners(name) {
    return this.listeners(name);
  }
}

const door = new Bell();

test('listeners are those that were given', () => {
  const ring = jest.fn();
  door.on('ring', ring);
  expect(door.listeners('ring')).toEqual([ring]);
  door.emit('ring');
  door.off('ring', ring);
  door.emit('ring');
  expect(ring).toHaveBeenCalledTimes(1);
});

/** A router, whose `on` adds no listener. */
const routes = {
  on: (method, path, handler) => [method, path, handler],
};

test.each([['/carts'], [['/users', '/people']]])('routes are no listeners: %s', (path) => {
  expect(routes.on('GET', path, () => {})).toHaveLength(3);
});

test('a mock of addEventListener adds none', () => {
  const { addEventListener } = globalThis;
  globalThis.addEventListener = jest.fn();
  addEventListenerOf('fetch');
  expect(globalThis.addEventListener).toHaveBeenCalledTimes(1);
  globalThis.addEventListener = addEventListener;
});

function addEventListenerOf(name) {
  globalThis.addEventListener(name, () => {});
}

/** Stand-ins that are used by several tests and add nothing. */
const stream = { on: jest.fn() };
const target = new EventTarget();
target.addEventListener = jest.fn();

test.each(['first', 'second'])('mocks in the place of methods: %s', () => {
  stream.on('data', () => {});
  target.addEventListener('x', () => {});
  expect(stream.on).toHaveBeenCalled();
});
