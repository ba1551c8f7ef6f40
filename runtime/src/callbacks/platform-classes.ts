/**
 * The modules of Node that export a class, by the name of the class. If the class itself is not exported, the
 * name of an exported class that extends it follows after a colon.
 */
const nodeClasses: Readonly<Record<string, readonly string[]>> = {
  Agent: ['http', 'https'],
  ClientRequest: ['http'],
  Dir: ['fs'],
  Duplex: ['stream'],
  EventEmitter: ['events'],
  Http2ServerRequest: ['http2'],
  Http2ServerResponse: ['http2'],
  IncomingMessage: ['http'],
  Interface: ['readline'],
  OutgoingMessage: ['http'],
  REPLServer: ['repl'],
  ReadStream: ['fs'],
  Readable: ['stream'],
  Resolver: ['dns'],
  Server: ['net', 'http', 'https', 'tls'],
  ServerResponse: ['http'],
  Session: ['inspector'],
  Socket: ['net', 'dgram'],
  TLSSocket: ['tls'],
  Utf8Stream: ['fs'],
  Worker: ['worker_threads', 'cluster'],
  Writable: ['stream'],
  WriteStream: ['fs', 'tty'],
  Zlib: ['zlib:Deflate'],
  ZlibBase: ['zlib:Deflate'],
};

/** Classes of the language, which call back synchronously or have helpers of their own. */
const language = new Set(['Array', 'Function', 'Iterator', 'Map', 'Object', 'Promise', 'Set']);

interface NodeProcess {
  getBuiltinModule?(id: string): Record<string, unknown> | undefined;
}

const known = new WeakMap<object, boolean>();

/**
 * Returns true if a method belongs to the engine or to Node, and does not just have the same name. The answer is
 * cached per method. Before Node 20.16, which lacks `getBuiltinModule`, Node's methods are not recognised.
 */
export function isPlatformMethod(receiver: unknown, method: object): boolean {
  let answer = known.get(method);
  if (answer === undefined) {
    const owner = ownerOf(receiver, method);
    known.set(method, (answer = owner !== undefined && isPlatformClass(owner)));
  }
  return answer;
}

/** Returns the prototype that has a method. Does not ask the receiver, which may be a proxy. */
export function ownerOf(receiver: unknown, method: object): object | undefined {
  for (let at = prototypeOf(receiver); at !== null; at = prototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      if (Object.getOwnPropertyDescriptor(at, key)?.value === method) return at;
    }
  }
  return undefined;
}

function isPlatformClass(prototype: object): boolean {
  const made = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
  const name = typeof made === 'function' ? made.name : '';
  if (language.has(name)) return false;
  const own = (globalThis as Record<string, unknown>)[name];
  if (isClassOf(own, prototype) && isNative(own)) return true;
  const { process } = globalThis as { process?: NodeProcess };
  if (!Object.hasOwn(nodeClasses, name)) return false;
  return nodeClasses[name]!.some((place) => {
    const [module, exported = name] = place.split(':') as [string, string?];
    return isClassOf(process?.getBuiltinModule?.(module)?.[exported], prototype);
  });
}

/** Returns true if a class has that prototype or extends a class that has it. */
function isClassOf(value: unknown, prototype: object): value is () => unknown {
  if (typeof value !== 'function') return false;
  for (let at = value.prototype as object | null; at; at = prototypeOf(at)) {
    if (at === prototype) return true;
  }
  return false;
}

function isNative(fn: () => unknown): boolean {
  return Function.prototype.toString.call(fn).includes('[native code]');
}

function prototypeOf(value: unknown): object | null {
  return value === null || value === undefined
    ? null
    : (Object.getPrototypeOf(value) as object | null);
}
