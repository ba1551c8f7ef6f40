/** The consoles that Jest passes to tests. All their output goes through these members. */
interface JestConsole {
  _log?: Write;
  _logError?: Write;
  readonly _buffer?: Entry[];
}
type Write = (type: string, message: string) => void;
interface Entry {
  readonly type: string;
  readonly message: string;
}

const methods = ['_log', '_logError'] as const;

/**
 * Calls `told` for output that is written while `isLate` returns true. The methods are not wrapped, because Jest
 * counts stack frames to find the caller.
 */
export function watchConsole(
  given: unknown,
  isLate: () => boolean,
  told: (method: string, message: string) => void,
): void {
  const console = given as JestConsole;
  for (const name of methods) {
    let write = console[name];
    if (typeof write !== 'function') continue;
    let isDone = false;
    const whenDone: Write = (type, message) => {
      told(`console.${type}`, String(message));
      write!.call(console, type, message);
    };
    Object.defineProperty(console, name, {
      configurable: true,
      get() {
        if (!isLate()) return write;
        if (isDone) return whenDone;
        if (console._buffer) reportNextPush(console._buffer, told);
        return write;
      },
      // When a file is done, Jest replaces the method with one that prints "Cannot log after tests are done".
      set(next: Write) {
        write = next;
        isDone = true;
      },
    });
  }
}

/** Calls `told` for the next entry of a buffer, which Jest adds immediately. */
function reportNextPush(buffer: Entry[], told: (method: string, message: string) => void): void {
  Object.defineProperty(buffer, 'push', {
    configurable: true,
    value: (entry: Entry) => {
      Reflect.deleteProperty(buffer, 'push');
      told(`console.${entry.type}`, entry.message.trim());
      return buffer.push(entry);
    },
  });
}
