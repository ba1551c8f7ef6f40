// A suite of small tests of small modules, where the overhead for each file and test shows most.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const FILES = 36;
export const TESTS = 360;
const MODULES = 12;

/** Returns a module of a shop with classes, promises, timers and emitters, as services have them. */
const moduleText = (n) => `
  import { EventEmitter } from 'node:events';
  ${n > 0 ? `import { load as before } from './shop${n - 1}';` : 'const before = async (id) => id;'}
  const kept = new Map();
  export const bus = new EventEmitter();
  export async function load(id) {
    if (kept.has(id)) return kept.get(id);
    await null;
    const item = { id: await before(id), price: (id * ${n + 3}) % 17, tags: ['a', 'b'].map((tag) => tag + id) };
    kept.set(id, item.price);
    bus.emit('loaded', item);
    return item.price;
  }
  export class Cart {
    #lines = [];
    add(id, count) { this.#lines.push({ id, count }); return this; }
    async total() {
      const prices = await Promise.all(this.#lines.map(({ id }) => load(id)));
      return this.#lines.reduce((sum, { count }, i) => sum + count * prices[i], 0);
    }
    later(ms) { return new Promise((resolve) => setTimeout(() => resolve(this.#lines.length), ms)); }
  }
  ${Array.from({ length: 20 }, (_, i) => `export const rule${i} = (cart, n) => n > ${i} ? { cart, n: n - ${i} } : undefined;`).join('\n  ')}
`;
const testText = (n) => `
  import { bus, Cart, load, rule3 } from './shop${n % MODULES}';
  import { Cart as Other } from './shop${(n * 5 + 1) % MODULES}';
  describe('shop ${n}', () => {
    let cart;
    beforeEach(() => { cart = new Cart().add(1, 2).add(2, 1); });
    test('totals', async () => { expect(await cart.total()).toBeGreaterThan(0); });
    test('keeps prices', async () => { expect(await load(4)).toBe(await load(4)); });
    test('waits', async () => { expect(await cart.later(1)).toBe(2); });
    test('tells', async () => {
      const told = new Promise((resolve) => bus.once('loaded', resolve));
      await load(100);
      expect(await told).toHaveProperty('id');
    });
    test('knows rules', () => { expect(rule3(cart, 5)).toEqual({ cart, n: 2 }); });
    test.each([1, 2, 3, 4])('adds %d', async (n) => {
      for (let i = 0; i < 20; i++) cart.add(i, n);
      expect(await cart.total()).toBeGreaterThanOrEqual(0);
    });
    test('are two', async () => { expect(await new Other().total()).toBe(0); });
  });
`;

/** Writes the suite into a folder. Its tests use globals. */
export function writeSmallSuite(folder) {
  const write = (name, text) => writeFileSync(join(folder, name), text);
  for (let n = 0; n < MODULES; n++) write(`shop${n}.js`, moduleText(n));
  for (let n = 0; n < FILES; n++) write(`shop${n}.test.js`, testText(n));
}
