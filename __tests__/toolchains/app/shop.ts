import { getLocal, register, setLocal } from '@throughline/runtime';

/** Whom a strand works for. */
export const user = register('nobody');

/** What a strand has loaded, itself and through what it waited for. */
export const loaded = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])].sort(),
});

export async function load(part: string): Promise<string> {
  await null;
  setLocal(loaded, [part]);
  return `${part} for ${getLocal(user)}`;
}

export async function* pages(): AsyncGenerator<string> {
  for (const page of ['first', 'second']) yield await load(`${page} page`);
}

export class Cart {
  private readonly owner = getLocal(user);

  async total(): Promise<string> {
    try {
      await Promise.reject(new Error('empty'));
    } catch (error) {
      return `${(error as Error).message}, ${this.owner} and ${getLocal(user)}`;
    } finally {
      await load('cart');
    }
    return 'never';
  }

  static wait = async (): Promise<string> => {
    await new Promise<void>((resolve) => {
      setTimeout(() => setImmediate(() => queueMicrotask(resolve)), 1);
    });
    return getLocal(user);
  };
}
