import { branch, currentFrame, openSettlement, runIn, settle, stamp } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { beginCall } from '../methods/call-operation.js';
import type { Described, LibraryMethods, Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { endFollowed } from '../operations/followed.js';
import { failure } from '../operations/operation-events.js';
import type { Outcome } from '../operations/operation-events.js';
import { queryLabel, withoutLiterals } from '../operations/sql.js';

/** A query of the package postgres: a promise that is sent when somebody asks for its result. */
interface Query {
  readonly strings: readonly string[];
  /** Values, names, and other queries as parts of this one. */
  readonly args: readonly unknown[];
  readonly executed: boolean;
  readonly streaming?: boolean;
  readonly cursorRows?: number;
  /** Undefined for a query of the package itself, which asks for the types of arrays when it connects; null after `cancel()`. */
  readonly canceller: unknown;
  /** What the program has passed to `forEach` and `cursor`, which the connection calls. */
  forEachFn?: AnyFunction;
  cursorFn?: AnyFunction;
  /** What the connection calls with the result. */
  resolve: Settle;
  reject: Settle;
}

type Settle = (value: unknown) => unknown;

/** Returns the text of a query with `?` in place of each value. */
function textOf({ strings, args }: Query, isPart: (value: unknown) => value is Query): string {
  return strings
    .map((text, i) => {
      const value = args[i];
      if (i === strings.length - 1) return text;
      return text + (isPart(value) ? textOf(value, isPart) : '?');
    })
    .join('');
}

function describe(query: Query): Described | undefined {
  if (query.executed || !query.canceller) return undefined;
  // A cursor and a stream tell of their end in other ways.
  if (query.streaming || query.cursorRows !== undefined) return undefined;
  const { constructor } = query;
  const plain = withoutLiterals(
    textOf(query, (value): value is Query => value instanceof constructor),
  );
  return {
    label: queryLabel(plain),
    fields: { 'db.system.name': 'postgresql', 'db.query.text': plain },
  };
}

/** Stands for `handle()`, which sends a query the first time. Whoever awaits the query comes after its end event. */
const sends: Replace = (method) =>
  function (this: Query, ...args: never[]): unknown {
    const send = (): unknown => Reflect.apply(method, this, args);
    if (!this.executed) attempt(() => keepContext(this));
    const described = attempt(() => describe(this));
    if (described === undefined) return send();
    const { operation, frame } = beginCall(described.label, 'client', described.fields);
    const ending = openSettlement();
    stamp(this, ending);
    let isOver = false;
    const ended = (settled: Settle, outcome: (value: unknown) => Outcome): Settle => {
      return (value) => {
        // A description comes before the result.
        if (isOver) return settled(value);
        isOver = true;
        const work = (): unknown => {
          endFollowed(operation, outcome(value));
          settle(ending, currentFrame());
          return settled(value);
        };
        return runIn(frame, work, undefined, []);
      };
    };
    this.resolve = ended(this.resolve, () => ({ status: 'ok' }));
    this.reject = ended(this.reject, failure);
    return runIn(frame, send as AnyFunction, undefined, []);
  } as never;

/** Has callbacks for rows run in the context of who has asked for them: the connection is that of another request. */
function keepContext(query: Query): void {
  const frame = currentFrame();
  for (const name of ['forEachFn', 'cursorFn'] as const) {
    const { [name]: callback } = query;
    if (typeof callback !== 'function') continue;
    query[name] = function (this: unknown, ...args: never[]): unknown {
      return runIn(branch(frame), callback, this, args);
    };
  }
}

export const postgres: LibraryMethods = {
  'postgres Query': { handle: sends },
};
