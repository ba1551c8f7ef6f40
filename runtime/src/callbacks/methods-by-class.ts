import { callAs, classNames, isOwnClass, methodOf, shared } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { showListeners } from '../listeners/emitters.js';
import { isPlatformMethod, ownerOf } from './platform-classes.js';
import { applyRule, rulesOf } from './rules.js';
import { copyFunctionShape } from './spawn.js';
import type { Rule } from './rules.js';

/**
 * Stands for `receiver.method(...args)`, where some class is known to have a method of that name that takes
 * callbacks. The class of the receiver decides; other receivers get the call exactly as the program wrote it.
 */
export function spawnInMethod(
  rules: string,
  receiver: unknown,
  method: unknown,
  ...args: unknown[]
): unknown {
  method = methodOf(receiver, method);
  if (
    typeof method !== 'function' ||
    !args.some(mayCall) ||
    isRemoval(method as AnyFunction, args)
  ) {
    return callAs(receiver, method, args);
  }
  const rule = rulesOf(rules).find((one) => isMethodOf(one, receiver, method));
  if (rule === undefined) return callAs(receiver, method, args);
  if (rule.listens) {
    const result = callAs(receiver, method, applyRule(rule, args));
    showListeners(receiver);
    return result;
  }
  // Several libraries, and the program itself, may have a class of that name. A callback that runs before the method
  // returns was not handed over to run later, whatever the class.
  const call = { isOver: rule.classes === undefined };
  const given = args.slice();
  const passed = orAtOnce(given, applyRule(rule, args), call);
  const { running: outer } = methodCalls;
  methodCalls.running = { given, passed };
  try {
    return callAs(receiver, method, passed);
  } finally {
    methodCalls.running = outer;
    call.isOver = true;
  }
}

/** The arguments of a call: as the program wrote them, and as the method gets them. */
interface MethodCall {
  readonly given: readonly unknown[];
  readonly passed: readonly unknown[];
}

const methodCalls = shared('running-method-call', {
  running: undefined as MethodCall | undefined,
});

/**
 * Returns the callback that the program wrote as the last argument of a call, for the method that is called. Undefined
 * where the argument itself is that callback: the call is not instrumented, or who stands between has put its own there.
 */
export function takeWrittenCallback(args: readonly unknown[]): AnyFunction | undefined {
  const { running } = methodCalls;
  methodCalls.running = undefined;
  const at = running?.passed.indexOf(args.at(-1)) ?? -1;
  const written = running?.given[at];
  return typeof written === 'function' ? (written as AnyFunction) : undefined;
}

/** Makes spawned callbacks run plainly, in the caller's frame, until the call is over. */
function orAtOnce(
  given: readonly unknown[],
  spawned: unknown[],
  call: { isOver: boolean },
): unknown[] {
  if (call.isOver) return spawned;
  return spawned.map((later, i) => {
    const plain = given[i];
    if (later === plain || typeof plain !== 'function' || typeof later !== 'function') return later;
    function either(this: unknown, ...args: never[]): unknown {
      return Reflect.apply((call.isOver ? later : plain) as AnyFunction, this, args);
    }
    return copyFunctionShape(either, plain as AnyFunction);
  });
}

/** Returns true for `socket.setTimeout(0, listener)`, which removes the listener it is passed. */
function isRemoval(method: AnyFunction, args: readonly unknown[]): boolean {
  return args[0] === 0 && method.name === 'setStreamTimeout';
}

function mayCall(argument: unknown): boolean {
  return typeof argument === 'function' || (typeof argument === 'object' && argument !== null);
}

function isMethodOf({ classes }: Rule, receiver: unknown, method: unknown): boolean {
  const isOfPlatform = isPlatformMethod(receiver, method as () => unknown);
  if (classes === undefined || isOfPlatform) return classes === undefined && isOfPlatform;
  return (
    classNames(receiver).some((name) => classes.includes(name)) &&
    !isOwnMethod(receiver, method as () => unknown)
  );
}

const ownMethods = new WeakMap<object, boolean>();

/** Returns true for a method of a class of the program. The answer is cached per method. */
function isOwnMethod(receiver: unknown, method: object): boolean {
  let answer = ownMethods.get(method);
  if (answer === undefined) {
    // A method that the receiver itself has is one of its class.
    const owner = ownerOf(receiver, method) ?? (Object.getPrototypeOf(receiver) as object);
    const made = Object.getOwnPropertyDescriptor(owner, 'constructor')?.value as unknown;
    ownMethods.set(method, (answer = isOwnClass(made)));
  }
  return answer;
}
