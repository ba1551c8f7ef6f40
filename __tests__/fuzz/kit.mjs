// What a program is given, compiled or not: the model, and code that no plugin sees.
import { EventEmitter } from 'node:events';

/** Names that a program's text uses. */
export const names = [
  ...['look', 'note', 'set', 'enter', 'run', 'own', 'child', 'snap', 'fresh', 'heard', 'emit'],
  'heardElsewhere',
  ...['emitOutside', 'emitter', 'hold', 'quiet', 'call', 'inMicrotask', 'inTick', 'inImmediate'],
  ...['afterAwait', 'bind', 'turn', 'foreignPromise', 'ps', 'bs'],
];

const ROOT = 'root';
/** Outside every strand: nothing is set, and there is nobody to set it for. */
const outside = () => ({ v: ROOT, w: {}, unlikeNode: true, outside: true });

const inStrand = { outside: false, isCarried: false };
/** Whether a model has nothing set. Over the bridge, such a trigger cannot be told from the platform. */
const isRoot = ({ v, w }) => v === ROOT && !('a' in w) && !('b' in w);

/** `form`: whose storages and slots these are, and what can be checked of them (forms.mjs). */
export function kitFor(form, id) {
  const { storages, isOurs, isExact } = form;
  const trace = [];
  const wrong = [];
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  let trigger;
  let held = 0;

  const text = (value) => (value === undefined ? undefined : `${id}:${value}`);
  const expected = (what, is, ought) => {
    if (is !== ought) wrong.push(`${what} is ${is}, and not ${ought}`);
  };
  const watch = () => {
    if (!isOurs || form.isBridged) return;
    const seen = [form.get(), storages.a.getStore(), storages.b.getStore()];
    if (seen[0] !== ROOT || seen[1] !== undefined || seen[2] !== undefined) {
      wrong.push(`code that was not compiled sees ${seen.join()} after ${trace.at(-1)}`);
    }
  };
  const note = (what) => {
    trace.push(what instanceof Error ? `error ${what.message}` : what);
    queueMicrotask(watch);
  };
  /** With the bridge, code that is not compiled is in the context of whoever started it, as with Node. */
  const later = (start) => (me, fn) => {
    held++;
    const at = form.isBridged ? { ...kit.snap(me), isCarried: true } : outside();
    start(() => {
      watch();
      try {
        fn(at);
      } finally {
        held--;
      }
    });
  };

  const kit = {
    emitter,
    note,
    ps: [],
    bs: [],
    look(point, me) {
      note(point);
      if (isOurs) expected(`${point}: the slot`, form.get(), me.v === ROOT ? ROOT : text(me.v));
      // What the platform and code that is not compiled start is nobody's with us.
      if (!isOurs && (me.unlikeNode || me.w.unlikeNode || !isExact)) return;
      expected(`${point}: storage a`, storages.a.getStore(), text(me.w.a));
      expected(`${point}: storage b`, storages.b.getStore(), text(me.w.b));
    },
    set(me, value) {
      form.set(text(value));
      me.v = value;
    },
    enter(me, name, value) {
      storages[name].enterWith(text(value));
      me.w[name] = value;
    },
    run(me, name, value, fn) {
      const before = me.w[name];
      if (before === value) return storages[name].run(text(value), fn, me);
      const isSet = name in me.w;
      const inner = { ...me, w: me.outside ? {} : me.w, ...inStrand };
      inner.w[name] = value;
      try {
        return storages[name].run(text(value), fn, inner);
      } finally {
        // It takes back its own store, and no other, and no slot.
        if (isSet) inner.w[name] = before;
        else delete inner.w[name];
        if (!me.outside) me.v = inner.v;
      }
    },
    /** At an `await`: from here on, what is entered reaches nobody else. */
    own(me, value) {
      me.w = { ...me.w };
      return value;
    },
    child: (me) => ({ ...me, w: me.outside ? {} : me.w, ...inStrand }),
    snap: (me) => ({ ...me, w: { ...me.w }, ...inStrand }),
    fresh: (at) => ({ ...at, w: { ...at.w } }),
    heard(at) {
      if (trigger?.isCarried && isRoot(trigger)) return kit.heardElsewhere(at);
      const me = trigger
        ? { ...trigger, isCarried: false }
        : { ...kit.fresh(at), unlikeNode: true };
      const before = trigger;
      trigger = undefined;
      return { me, over: () => (trigger = before) };
    },
    /** In its registration; what it enters reaches the trigger all the same. */
    heardElsewhere(at) {
      const me = { ...kit.fresh(at), unlikeNode: true };
      const before = trigger;
      trigger = undefined;
      const over = () => {
        trigger = before;
        // A store that is entered anew is handed on with us only if it changed.
        if (before) before.w.unlikeNode = true;
        for (const name of before ? ['a', 'b'] : []) {
          const isNew = name in me.w && !(name in at.w);
          if (isNew || me.w[name] !== at.w[name]) before.w[name] = me.w[name];
        }
      };
      return { me, over };
    },
    emit(me, event) {
      const before = trigger;
      trigger = me.outside ? undefined : me;
      try {
        emitter.emit(event);
      } catch (error) {
        note(error);
      } finally {
        trigger = before;
      }
    },
    hold() {
      held++;
      return () => void held--;
    },
    /** Everything that is started ends; what it rejects with is nobody's business. */
    quiet(promise) {
      const over = kit.hold();
      void promise.then(over, over);
      return promise;
    },
    call: (fn, ...args) => fn(...args),
    inMicrotask: later(queueMicrotask),
    inTick: later(process.nextTick),
    inImmediate: later(setImmediate),
    afterAwait: later(async (fn) => {
      await null;
      fn();
    }),
    bind: (fn) => form.bind(fn),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    foreignPromise: () => new Promise((resolve) => queueMicrotask(resolve)),
  };
  kit.emitOutside = (me, event) => kit.inMicrotask(me, (at) => kit.emit(at, event));

  return { kit, trace, wrong, isDone: () => held === 0, watch };
}
