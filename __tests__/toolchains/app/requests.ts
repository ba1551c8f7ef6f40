import { EventEmitter } from 'events';
import { getLocal, setLocal } from '@throughline/runtime';
import { Cart, load, loaded, pages, user } from './shop.js';

/** What a request saw, in the order of its own steps. */
async function request(name: string, bell: EventEmitter): Promise<string[]> {
  const seen: string[] = [];
  const see = (where: string): void => {
    seen.push(`${where}: ${getLocal(user)}`);
  };
  setLocal(user, name);
  await null;
  see('after await');
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      see('in a timer');
      resolve();
    }, 1);
  });
  await Promise.all([load('prices'), load('stock')]);
  see(`loaded ${getLocal(loaded).join(' and ')}`);
  bell.emit('ring', see);

  for await (const page of pages()) see(page);
  see(`total ${await new Cart().total()}`);
  see(`waited for ${await Cart.wait()}`);
  await load('then').then((part) => see(part));
  see(`loaded ${getLocal(loaded).length} in all`);
  return seen;
}

/** Two requests at once, and what is left of them outside. */
export async function main(): Promise<object> {
  const bell = new EventEmitter();
  bell.on('ring', (see: (where: string) => void) => see('rung'));
  const [ada, bob] = await Promise.all([request('ada', bell), request('bob', bell)]);
  return { ada, bob, afterwards: getLocal(user), loaded: getLocal(loaded) };
}
