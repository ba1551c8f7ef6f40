import { Project } from './project';

/** Tags and spans of one request, over await and in callbacks. */
const requests = `
  import * as Sentry from '@sentry/core';

  const tags = (scope) => ({ ...scope.getScopeData().tags });
  const span = (name) => Sentry.startSpan({ name }, () => {});
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  async function load(name, what) {
    return Sentry.startSpan({ name: name + ': load ' + what }, async () => {
      await turn();
      span(name + ': read ' + what);
    });
  }

  export function request(name) {
    return Sentry.withIsolationScope((isolation) => {
      isolation.setTag('user', name);
      return Sentry.startSpan({ name }, async () => {
        await turn();
        span(name + ': after await');
        await Promise.all([load(name, 'cart'), load(name, 'prices')]);
        await new Promise((done) => setTimeout(() => (span(name + ': timer'), done()), 1));
        const inside = await Sentry.withScope(async (scope) => {
          scope.setTag('step', name);
          await turn();
          return tags(Sentry.getCurrentScope());
        });
        await Promise.resolve().then(() => span(name + ': then'));
        const [current, own] = [Sentry.getCurrentScope(), Sentry.getIsolationScope()];
        return { inside, current: tags(current), isolation: tags(own) };
      });
    });
  }`;

const main = `
  import * as Sentry from '@sentry/core';
  import { setSentryStrategy } from '@throughline/runtime/sentry';

  class Client extends (Sentry.Client ?? Sentry.BaseClient) {
    eventFromException(error) { return Promise.resolve({ message: String(error) }); }
    eventFromMessage(message) { return Promise.resolve({ message }); }
  }
  const client = new Client({
    dsn: 'http://key@127.0.0.1/1', tracesSampleRate: 1, integrations: [], stackParser: () => [],
    transport: (options) => Sentry.createTransport(options, async () => ({})),
  });
  const spans = [];
  client.on('spanEnd', (span) => spans.push(Sentry.spanToJSON(span)));
  Sentry.setCurrentClient(client);
  client.init();
  setSentryStrategy(Sentry);

  const { request } = await import('./requests.js');
  const requests = await Promise.all([request('ada'), request('bob')]);
  const nameOf = (span) => span.description ?? span.name;
  const names = new Map(spans.map((span) => [span.span_id, nameOf(span)]));
  const parents = spans.map((span) => [nameOf(span), names.get(span.parent_span_id) ?? null]);
  const outside = Sentry.getIsolationScope().getScopeData().tags;
  console.log(JSON.stringify({ requests, parents: Object.fromEntries(parents), outside }));`;

function seenFor(name: string): object {
  return { inside: { step: name }, current: {}, isolation: { user: name } };
}

function parentsFor(name: string): Record<string, string | null> {
  return {
    [name]: null,
    ...Object.fromEntries(
      ['after await', 'load cart', 'load prices', 'timer', 'then'].map((step) => [
        `${name}: ${step}`,
        name,
      ]),
    ),
    [`${name}: read cart`]: `${name}: load cart`,
    [`${name}: read prices`]: `${name}: load prices`,
  };
}

test.each(['8.55.0', '9.47.1', '10.78.0', '11.12.0'])(
  'scopes and spans follow causality: @sentry/core %s',
  async (version) => {
    const project = await Project.with(['@babel/core@7.29.13', `@sentry/core@${version}`]);
    project.write({ 'main.js': main, 'requests.js': requests });

    const seen = await project.seenBy('--import', '@throughline/babel-plugin/register', 'main.js');
    expect(seen).toEqual({
      requests: [seenFor('ada'), seenFor('bob')],
      parents: { ...parentsFor('ada'), ...parentsFor('bob') },
      outside: {},
    });
  },
);
