import { takeWrittenCallback } from '../callbacks/methods-by-class.js';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, isPromise, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { followCallback, followMethod } from '../operations/followed.js';
import { continueFromBatch, continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { beginOperation, endOperation } from '../operations/operation-events.js';
import type { OperationKind } from '../operations/operation-events.js';
import { headersFor } from '../operations/trace-headers.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import { beginCall, untilCalled, untilReturned, workOf } from './call-operation.js';

/** Returns the function that stands for a method of a library. */
export type Replace = (method: AnyFunction) => (this: never, ...args: never[]) => unknown;

/** What stands for the methods of classes, by package and class and by name; `static name` for those of the class itself. */
export type LibraryMethods = Readonly<Record<string, Readonly<Record<string | symbol, Replace>>>>;

/**
 * Puts a function in the place of a method. One that the class has from another one is replaced in the class only. A method whose name is a
 * symbol of the library is named by its description.
 */
export function replaceMethod(prototype: object, named: string | symbol, replace: Replace): void {
  const name = named in prototype ? named : (symbolOf(prototype, named) ?? named);
  const value: unknown = Reflect.get(prototype, name);
  if (typeof value !== 'function') return;
  const property = Object.getOwnPropertyDescriptor(prototype, name);
  const method = property ? (value as AnyFunction) : inherited(prototype, name);
  Object.defineProperty(prototype, name, {
    ...(property ?? { writable: true, configurable: true, enumerable: false }),
    value: copyFunctionShape(replace(method) as AnyFunction, value as AnyFunction),
  });
}

/** The trap `set` of a proxy that stands for an object of the program: one that cannot be written to has its own error. */
export function assigns(target: object, key: PropertyKey, value: unknown): true {
  (target as Record<PropertyKey, unknown>)[key] = value;
  return true;
}

/** Returns the symbol of a description that a class or one above it has a method for. */
function symbolOf(prototype: object | null, description: string | symbol): symbol | undefined {
  if (prototype === null) return undefined;
  const own = Object.getOwnPropertySymbols(prototype);
  const found = own.find((symbol) => symbol.description === description);
  return found ?? symbolOf(Object.getPrototypeOf(prototype) as object | null, description);
}

/** Returns the method that a class has from another one, as it is when it is called: others may replace it there later. */
function inherited(prototype: object, name: string | symbol): AnyFunction {
  return function (this: unknown, ...args: never[]): unknown {
    const parent = Object.getPrototypeOf(prototype) as object;
    return Reflect.apply(Reflect.get(parent, name) as AnyFunction, this, args);
  } as AnyFunction;
}

/** What a call of a method is, if it is an operation. */
export interface Described {
  readonly label: string;
  readonly fields: Fields;
}

/** Describes a call; undefined for one that is none. */
export type Describe = (self: never, args: readonly unknown[]) => Described | undefined;

/** How the calls of a method are operations. */
interface CallOptions {
  readonly kind?: OperationKind;
  /** True if a function as the last argument is called once, at the end. It may be something else, such as a class. */
  readonly takesCallback?: boolean;
  /** Returns the arguments with the headers that carry the task on. The program's own objects stay as they are. */
  readonly carry?: (args: readonly never[], headers: Headers) => readonly unknown[];
}

/** Headers by name, such as `traceparent`. */
export type Headers = Readonly<Record<string, string>>;

/**
 * Stands for a method whose calls are operations. A call ends when its promise is settled or its callback is called, and
 * otherwise when it returns.
 */
export function calls(
  describe: Describe,
  { kind = 'client', takesCallback = false, carry }: CallOptions = {},
): Replace {
  return (method) =>
    function (this: unknown, ...args: never[]): unknown {
      const described = running.has(this)
        ? undefined
        : attempt(() => describe(this as never, args));
      if (described === undefined) return Reflect.apply(method, this, args);
      const call = (...given: never[]): unknown => {
        running.add(this);
        try {
          return Reflect.apply(method, this, given);
        } finally {
          running.delete(this);
        }
      };
      const begun = beginCall(described.label, kind, described.fields);
      const headers = (): Headers => Object.fromEntries(headersFor(begun.operation));
      const carried = carry && attempt(() => carry(args, headers()) as never[]);
      const sent = carried ?? args;
      return takesCallback && typeof args.at(-1) === 'function'
        ? untilCalled(begun, call, sent)
        : untilReturned(begun, () => call(...sent));
    };
}

/** The receivers of calls that have not returned yet: a method may call that of the class above. */
const running = new Set<unknown>();

/** Stands for a method that calls others: its promise or callback comes after the operations that these have begun. */
export const follows: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const call = (...given: unknown[]): unknown => Reflect.apply(method, this, given as never[]);
    if (typeof args.at(-1) !== 'function') return followMethod(() => call(...args));
    const written = takeWrittenCallback(args);
    if (written === undefined) return call(...args);
    return followCallback((callback) => call(...args.slice(0, -1), callback), written);
  };

/**
 * Stands for a method that handles something which came from outside, such as a job. `carried` returns what came with it,
 * which says whose task it goes on with.
 */
export function handles(
  describe: Describe,
  carried: (args: readonly unknown[]) => Carried,
): Replace {
  return handling(describe, (args) => continueFromMessage(attempt(() => carried(args))));
}

/** The same for one that handles many messages at once. `carried` returns what came with each. */
export function handlesBatch(
  describe: Describe,
  carried: (args: readonly unknown[]) => readonly Carried[],
): Replace {
  return handling(describe, (args) => continueFromBatch(attempt(() => carried(args)) ?? []));
}

function handling(describe: Describe, enter: (args: readonly unknown[]) => void): Replace {
  return (method) =>
    function (this: unknown, ...args: never[]): unknown {
      const described = attempt(() => describe(this as never, args));
      if (described === undefined) return Reflect.apply(method, this, args);
      const frame = branch(currentFrame()).with(client.traceSlot, undefined);
      const handle = (): unknown => {
        enter(args);
        const begun = beginOperation(described.label, 'consumer', described.fields);
        setLocal(client.traceSlot, begun.trace);
        return workOf(begun, () => Reflect.apply(method, this, args), endOperation);
      };
      const result = runIn(frame, handle, undefined, []);
      // Who has brought it goes on with the next one, and belongs to no task of them.
      return isPromise(result) ? outsideOf(result as Promise<unknown>) : result;
    };
}

/** Returns a promise that settles as another one does, and carries none of its events. */
function outsideOf(result: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => void result.then(resolve, reject));
}

/** Stands for a method that is told to `note` before it is called. */
export function notes(note: (self: never, args: readonly unknown[]) => void): Replace {
  return (method) =>
    function (this: unknown, ...args: never[]): unknown {
      attempt(() => note(this as never, args));
      return Reflect.apply(method, this, args);
    };
}
