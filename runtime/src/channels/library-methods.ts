import { takeWrittenCallback } from '../callbacks/methods-by-class.js';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { branch, currentFrame, isPromise, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { beginOperation, failure } from '../operations/operation-events.js';
import type { Operation } from '../operations/operation-events.js';
import { endWhenSettled } from '../operations/settled.js';
import { queryLabel, withoutLiterals } from '../operations/sql.js';
import { libraryClasses } from '../promises/library-classes.js';
import type { LibraryClass } from '../promises/library-classes.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import {
  continueFollowed,
  endFollowed,
  followCallback,
  followMethod,
  frameAfter,
  noteReached,
} from './followed.js';

/** What a call of a method is, if it is an operation. */
interface Described {
  readonly label: string;
  readonly fields: Fields;
}

/** Describes a call; undefined for one that is none. */
type Describe = (self: never, args: readonly unknown[]) => Described | undefined;

/** A client of the package pg. */
interface PgClient {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
}

function pgQuery(
  { host, port, database }: PgClient,
  [query]: readonly unknown[],
): Described | undefined {
  const { text = query, submit, callback } = Object(query) as Record<string, unknown>;
  // A cursor, a stream and an object with its own callback tell of their end in other ways.
  if (typeof text !== 'string' || submit !== undefined || callback !== undefined) return undefined;
  const plain = withoutLiterals(text);
  return {
    label: queryLabel(plain),
    fields: {
      'db.system.name': 'postgresql',
      'db.query.text': plain,
      'db.namespace': database,
      'server.address': host,
      'server.port': port,
    },
  };
}

/**
 * Methods by package and class. Those without a description call others that have one, and their promise or callback comes
 * after what these have reached.
 */
const methods: Readonly<Record<string, Readonly<Record<string, Describe | undefined>>>> = {
  'pg Client': { query: pgQuery },
  'pg-pool Pool': { query: undefined },
  // Their queries are operations of its tracing channels.
  'mysql2 BaseConnection': { query: undefined, execute: undefined },
  'mysql2 BasePool': { query: undefined, execute: undefined },
  'mysql2 PromiseConnection': { query: undefined, execute: undefined },
  'mysql2 PromisePool': { query: undefined, execute: undefined },
};

/** Makes the methods of libraries operations, of those that are loaded and of those that will be. */
export function watchLibraryMethods(): void {
  for (const { name, made } of libraryClasses.known) replaceMethods(name, made);
  libraryClasses.found = replaceMethods;
}

function replaceMethods(name: string, { prototype }: LibraryClass): void {
  for (const [method, describe] of Object.entries(methods[name] ?? {})) {
    const property = Object.getOwnPropertyDescriptor(prototype, method);
    if (typeof property?.value !== 'function') continue;
    const value = replacement(property.value as AnyFunction, describe);
    Object.defineProperty(prototype, method, { ...property, value });
  }
}

function replacement(method: AnyFunction, describe: Describe | undefined): AnyFunction {
  function replaced(this: unknown, ...args: never[]): unknown {
    if (describe === undefined) return followArguments(method, this, args);
    const described = describe(this as never, args);
    if (described === undefined) return Reflect.apply(method, this, args);
    return callAsOperation(method, this, args, described);
  }
  return copyFunctionShape(replaced, method);
}

/** Makes a call whose promise or callback comes after the operations that it has begun. */
function followArguments(method: AnyFunction, self: unknown, args: unknown[]): unknown {
  const call = (...given: unknown[]): unknown => Reflect.apply(method, self, given as never[]);
  if (typeof args.at(-1) !== 'function') return followMethod(() => call(...args));
  const written = takeWrittenCallback(args);
  if (written === undefined) return call(...args);
  return followCallback((callback) => call(...args.slice(0, -1), callback), written);
}

function callAsOperation(
  method: AnyFunction,
  self: unknown,
  args: unknown[],
  { label, fields }: Described,
): unknown {
  continueFollowed();
  const begun = beginOperation(label, 'client', fields);
  const caller = currentFrame();
  const frame = branch(caller).with(client.traceSlot, begun.trace);
  const callback = args.at(-1);
  if (typeof callback === 'function') {
    const written = takeWrittenCallback(args);
    args[args.length - 1] = written
      ? endingIn(caller, frame, begun, written)
      : function (this: unknown, ...given: unknown[]): unknown {
          runIn(branch(frame), () => finish(begun, given[0]), undefined, []);
          return Reflect.apply(callback as AnyFunction, this, given as never[]);
        };
  }
  const work = (): unknown => {
    try {
      const result: unknown = Reflect.apply(method, self, args as never[]);
      if (!isPromise(result) || typeof callback === 'function') return result;
      return endWhenSettled(begun, result, noteReached);
    } catch (error) {
      finish(begun, error);
      throw error;
    }
  };
  return runIn(frame, work, undefined, []);
}

/** Returns a callback that ends an operation, and then runs in the caller's context, after the end event. */
function endingIn(
  caller: Frame,
  frame: Frame,
  begun: Operation,
  written: AnyFunction,
): (this: unknown, ...given: unknown[]) => unknown {
  return function (...given) {
    const ended = runIn(
      branch(frame),
      () => {
        finish(begun, given[0]);
        return client.currentTrace();
      },
      undefined,
      [],
    );
    return runIn(frameAfter(caller, ended), written as never, this, given);
  };
}

function finish(begun: Operation, error: unknown): void {
  endFollowed(begun, error ? failure(error) : { status: 'ok' });
}
