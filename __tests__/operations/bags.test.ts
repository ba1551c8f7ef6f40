// Bags travel with requests, from service to service, beside the members of others.
import { prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());

test('16 requests at once take their bags to the next service, and those that it does not know', async () => {
  const { stdout, stderr } = await programs.run(`${prelude}
    import { register } from '@throughline/runtime/baggage';
    const tenants = register('tenants', 'set');
    const hops = register('hops', 'counter');
    const inner = await serve((request, response) => {
      hops.add();
      const [other] = request.headers.baggage.split(',');
      response.end([other, [...tenants.get()].sort().join('+'), hops.get()].join(' '));
    });
    const outer = await serve(async (request, response) => {
      hops.add();
      await Promise.all([pause().then(() => tenants.add('of ' + request.url)), pause().then(() => hops.add(2))]);
      response.end(await get(inner.url + '/'));
    });
    const ask = (n) => get(outer.url + '/' + n, { headers: { baggage: 'theirs=' + n + ';p=1,tenants=x' + n } });
    const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => ask(n)));
    const expected = answers.every((answer, n) => answer === 'theirs=' + n + ';p=1 of /' + n + '+x' + n + ' 4');
    process.stdout.write(expected + ' ' + answers[3]);
    await inner.stop();
    await outer.stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'true theirs=3;p=1 of /3+x3 4', stderr: '' });
});
