// A page that passes one value through an async function, a promise and a timer.
import { AsyncContext } from '@throughline/runtime/async-context';

const user = new AsyncContext.Variable({ name: 'user' });

async function load(path) {
  const response = await fetch(path);
  return response.json();
}

user.run('ada', () => {
  load('/cart').then((cart) => setTimeout(() => console.log(user.get(), cart), 100));
});
