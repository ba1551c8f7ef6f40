import { parseArgs } from 'node:util';

/** A unary operation on 64-bit integers that wrap around. */
export interface Operation {
  /** Name in event labels, such as `+7`. */
  readonly label: string;
  readonly apply: (argument: bigint) => bigint;
}

/** The role of the process: a client that sends one request, or a server of one operation. */
export type Role =
  | {
      readonly be: 'client';
      readonly input: bigint;
      readonly inputText: string;
      readonly nextServer: string;
    }
  | {
      readonly be: 'server';
      readonly operation: Operation;
      readonly listenAddress: string;
      readonly nextServer: string | undefined;
    };

/** A parsed command line. */
export interface Invocation {
  readonly xtraceServer: string;
  readonly task: Role;
}

/** An error in the command line, with the exit code for it. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

const flags = {
  'xtrace-server': 'address of the collector',
  'next-server': 'address to send the result (or --in) to',
  'listen-addr': 'address to serve on',
  add: 'add this to the argument',
  sub: 'subtract this from the argument',
  mul: 'multiply the argument by this',
  div: 'divide the argument by this',
  in: 'be a client: send this to --next-server, print the answer',
} as const;

const operations = {
  add: { sign: '+', apply: (a: bigint, b: bigint) => a + b },
  sub: { sign: '-', apply: (a: bigint, b: bigint) => a - b },
  mul: { sign: '*', apply: (a: bigint, b: bigint) => a * b },
  div: { sign: '/', apply: (a: bigint, b: bigint) => a / b },
} as const;
const operationNames = Object.keys(operations) as (keyof typeof operations)[];

/** The list of flags for the usage message. */
export const usage = Object.entries(flags)
  .map(([name, meaning]) => `  --${name.padEnd(14)} ${meaning}`)
  .join('\n');

/** Parses and checks the command line. Throws a `UsageError` for the first problem. */
export function readFlags(args: string[]): Invocation {
  const given = parse(args);
  const numbers = new Map(
    [...operationNames, 'in' as const].flatMap((name) =>
      given[name] === undefined ? [] : [[name, int64(name, given[name])] as const],
    ),
  );
  const chosen = operationNames.filter((name) => numbers.has(name));
  const {
    'xtrace-server': xtraceServer,
    'next-server': nextServer,
    'listen-addr': listenAddress,
  } = given;
  const input = numbers.get('in');

  if (!xtraceServer) throw new UsageError('Must provide --xtrace-server', 1);
  if (input !== undefined && (chosen.length > 0 || listenAddress !== undefined)) {
    throw new UsageError(
      'Cannot provide --in and any of --listen-addr, --add, --sub, --mul, or --div',
      1,
    );
  }
  if (input !== undefined) {
    if (!nextServer) throw new UsageError('Cannot provide --in without --next-server', 1);
    return { xtraceServer, task: { be: 'client', input, inputText: String(input), nextServer } };
  }
  const [name] = chosen;
  if (name === undefined || chosen.length > 1 || listenAddress === undefined) {
    throw new UsageError(
      'Must provide --in or exactly one of --add, --sub, --mul, --div, and also --listen-addr',
      1,
    );
  }
  const { sign, apply } = operations[name];
  const operand = numbers.get(name)!;
  const operation = {
    label: `${sign}${operand}`,
    apply: (argument: bigint) => BigInt.asIntN(64, apply(argument, operand)),
  };
  return { xtraceServer, task: { be: 'server', operation, listenAddress, nextServer } };
}

function parse(args: string[]): Partial<Record<keyof typeof flags, string>> {
  const options = Object.fromEntries(
    Object.keys(flags).map((name) => [name, { type: 'string' as const }]),
  );
  // Go's flag library reads `--sub -5` as a flag and its value; `parseArgs` needs `--sub=-5`.
  const joined = args.flatMap((arg, i) => {
    if (/^-\d+$/.test(arg) && args[i - 1]?.startsWith('--')) return [];
    const next = args[i + 1];
    return arg.startsWith('--') && next && /^-\d+$/.test(next) ? [`${arg}=${next}`] : [arg];
  });
  try {
    return parseArgs({ args: joined, options, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, 2);
  }
}

function int64(name: string, text: string): bigint {
  const value = /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;
  if (value !== undefined && BigInt.asIntN(64, value) === value) return value;
  throw new UsageError(`invalid value "${text}" for flag --${name}: not a 64-bit integer`, 2);
}
