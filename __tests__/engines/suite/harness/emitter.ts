type Listener = (...args: never[]) => unknown;
interface Kept extends Listener {
  listener?: Listener;
}

/** An emitter with the methods of Node's, for engines that have none of their own. */
export class EventEmitter {
  private readonly kept = new Map<string, Kept[]>();

  on(name: string, listener: Listener): this {
    this.kept.set(name, [...this.rawListeners(name), listener]);
    return this;
  }

  addListener(name: string, listener: Listener): this {
    return this.on(name, listener);
  }

  prependListener(name: string, listener: Listener): this {
    this.kept.set(name, [listener, ...this.rawListeners(name)]);
    return this;
  }

  once(name: string, listener: Listener): this {
    const kept: Kept = (...args) => {
      this.removeListener(name, kept);
      return listener(...args);
    };
    kept.listener = listener;
    return this.on(name, kept);
  }

  emit(name: string, ...args: unknown[]): boolean {
    const listeners = this.rawListeners(name);
    for (const listener of listeners) Reflect.apply(listener, this, args);
    return listeners.length > 0;
  }

  removeListener(name: string, listener: Listener): this {
    const all = this.rawListeners(name);
    const at = all.findIndex((one) => one === listener || one.listener === listener);
    this.kept.set(
      name,
      all.filter((_, i) => i !== at),
    );
    return this;
  }

  off(name: string, listener: Listener): this {
    return this.removeListener(name, listener);
  }

  listeners(name: string): Listener[] {
    return this.rawListeners(name).map((one) => one.listener ?? one);
  }

  rawListeners(name: string): Kept[] {
    return this.kept.get(name) ?? [];
  }

  eventNames(): string[] {
    return [...this.kept.keys()];
  }
}
