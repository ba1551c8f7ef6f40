/** The consoles that Jest gives to tests: everything that they write goes through these. */
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
 * Tells of what is written while `isLate`. Nothing is put between: Jest counts the frames of a stack to
 * find out who wrote.
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
        if (console._buffer) tellOfNext(console._buffer, told);
        return write;
      },
      // When a file is done, Jest has the console say that nobody may log any more.
      set(next: Write) {
        write = next;
        isDone = true;
      },
    });
  }
}

/** Tells of what is put into a buffer next, which is at once. */
function tellOfNext(buffer: Entry[], told: (method: string, message: string) => void): void {
  Object.defineProperty(buffer, 'push', {
    configurable: true,
    value: (entry: Entry) => {
      Reflect.deleteProperty(buffer, 'push');
      told(`console.${entry.type}`, entry.message.trim());
      return buffer.push(entry);
    },
  });
}
