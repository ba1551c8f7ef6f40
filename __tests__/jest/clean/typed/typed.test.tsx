enum Size {
  Small = 1,
  Large = 2,
}
interface Box {
  readonly size: Size;
}

abstract class Store<T> {
  readonly #items = new Map<string, T>();
  protected abstract check(item: T): Promise<boolean>;

  async put(key: string, item: T): Promise<boolean> {
    if (!(await this.check(item))) return false;
    this.#items.set(key, item);
    return true;
  }
  get size(): number {
    return this.#items.size;
  }
}

class BoxStore extends Store<Box> {
  protected override async check({ size }: Box): Promise<boolean> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    return size === Size.Small;
  }
}

describe('a typed store', () => {
  let store!: BoxStore;
  beforeEach(() => {
    store = new BoxStore();
  });

  test.each<[Size, boolean]>([
    [Size.Small, true],
    [Size.Large, false],
  ])('keeps %s: %s', async (size, kept) => {
    expect(await store.put('box', { size })).toBe(kept);
    expect(store.size).toBe(kept ? 1 : 0);
  });
});
