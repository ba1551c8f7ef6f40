import * as fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { branch, currentFrame, isPromise, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { shortenedFields } from '../operations/bounds.js';
import { calledFrom } from '../operations/called-from.js';
import { logFrom } from '../operations/log-line.js';
import { failureFields } from '../operations/operation-events.js';
import { whenSettled } from '../operations/settled.js';

// Read once: a program may replace the global, for example by a clock of its own.
const now = performance.now.bind(performance);

/** The object whose functions programs call. Of a module of the ES kind, it is the default export. */
const files = (fs as { readonly default?: typeof fs }).default ?? fs;

/** A call of a function of `node:fs`. */
interface FileCall {
  readonly name: string;
  /** What it is called with first: a path, or the number of an open file. */
  readonly file: unknown;
  /** In milliseconds, as `performance.now()` has it. */
  readonly at: number;
  /** The line of the program that has made the call, if it must be remembered. */
  readonly source?: string | undefined;
}

/** Makes a call, and tells `over` when its work is done. */
type Form = (
  name: string,
  call: (args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  over: (call: FileCall, error?: unknown) => void,
) => unknown;

/**
 * Logs an event at the end of each call of `node:fs` that took at least `min` milliseconds. Replaces the functions that exist in
 * three forms: with a callback, with a promise, and in place.
 */
export function watchFiles(min: number): void {
  const over = (call: FileCall, error?: unknown): void => {
    const duration = now() - call.at;
    if (duration >= min) attempt(() => logCall(call, duration, error));
  };
  for (const name of Object.keys(files).filter((one) => `${one}Sync` in files)) {
    replace(files, name, withCallback, over);
    replace(files, `${name}Sync`, inPlace, over);
    replace(files.promises, name, withPromise, over);
  }
  syncBuiltinESMExports();
}

function replace(
  functions: object,
  name: string,
  form: Form,
  over: (call: FileCall, error?: unknown) => void,
): void {
  const property = Object.getOwnPropertyDescriptor(functions, name);
  const method: unknown = property?.value;
  if (typeof method !== 'function') return;
  function replaced(this: unknown, ...args: unknown[]): unknown {
    const call = (given: readonly unknown[]): unknown =>
      Reflect.apply(method as AnyFunction, this, given);
    return form(name, call, args, over);
  }
  // Some have functions of their own: `realpath.native`, and what `promisify` reads.
  Object.defineProperties(replaced, Object.getOwnPropertyDescriptors(method));
  Object.defineProperty(functions, name, { ...property, value: replaced });
}

/** True in a call that is made in place: those that it makes itself, such as that of `openSync` for `readFileSync`, are parts of it. */
let isInside = false;

const inPlace: Form = (name, call, args, over) => {
  if (isInside) return call(args);
  isInside = true;
  const begun = { name, file: args[0], at: now() };
  try {
    const result = call(args);
    over(begun);
    return result;
  } catch (error) {
    over(begun, error);
    throw error;
  } finally {
    isInside = false;
  }
};

const withCallback: Form = (name, call, args, over) => {
  const callback = args.at(-1);
  if (typeof callback !== 'function') return call(args);
  const caller = currentFrame();
  const begun = beginLater(name, args);
  function called(this: unknown, ...given: unknown[]): unknown {
    runIn(
      branch(caller),
      () => over(begun, name === 'exists' ? undefined : given[0]),
      undefined,
      [],
    );
    return Reflect.apply(callback as AnyFunction, this, given);
  }
  return call([...args.slice(0, -1), called]);
};

const withPromise: Form = (name, call, args, over) => {
  const begun = beginLater(name, args);
  const result = call(args);
  // `glob` returns a generator.
  if (!isPromise(result)) return result;
  return whenSettled(
    result,
    () => over(begun),
    (error) => over(begun, error),
  );
};

/** Begins a call that ends when the line that has made it is no longer on the stack. */
function beginLater(name: string, [file]: readonly unknown[]): FileCall {
  return { name, file, at: now(), source: attempt(calledFrom) };
}

function logCall(call: FileCall, duration: number, error: unknown): void {
  const { name, file, source = calledFrom() } = call;
  const path = shownPath(file);
  const fields = shortenedFields({
    'file.path': path,
    duration: duration.toFixed(3),
    ...(error ? failureFields(error) : {}),
  });
  logFrom(source, path === undefined ? name : `${name} ${path}`, fields);
}

/** Returns a path from the folder that the program runs in; undefined for the number of an open file. */
function shownPath(file: unknown): string | undefined {
  if (typeof file !== 'string' && !(file instanceof URL) && !Buffer.isBuffer(file))
    return undefined;
  const path = file instanceof URL ? fileURLToPath(file) : String(file);
  const inside = relative(process.cwd(), path);
  return inside.startsWith('..') ? path : inside || '.';
}
