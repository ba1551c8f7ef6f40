import { moduleApp, outcome, seen } from './app';
import { withCollector } from './events';
import { serve } from './programs';
import { Project } from './project';

const NEXT = 'node_modules/next/dist/bin/next';
const files = {
  ...Object.fromEntries(
    Object.entries(moduleApp()).map(([name, text]) => [name.replace('src/', 'lib/'), text]),
  ),
  'babel.config.js': `module.exports = {
    presets: ['next/babel'],
    plugins: ['@throughline/babel-plugin'],
  };`,
  'app/layout.js': `
    export default function Layout({ children }) { return <html><body>{children}</body></html>; }`,
  'app/page.js': `
    import { main } from '../lib/requests.js';
    import { Button } from './button.js';
    import { act } from './actions.js';
    export const dynamic = 'force-dynamic';
    export async function generateMetadata() { await null; return { title: 'A page' }; }
    async function Part() { const seen = await main(); return <pre>{JSON.stringify(seen)}</pre>; }
    export default async function Page() {
      await null;
      async function inline() { 'use server'; await null; }
      return <main><Part /><form action={act}><Button again={inline} /></form></main>;
    }`,
  'app/button.js': `
    'use client';
    import dynamic from 'next/dynamic';
    const Later = dynamic(async () => { const { Later } = await import('./later.js'); return Later; });
    export function Button({ again }) {
      return <button onClick={async () => { await again(); }}><Later /></button>;
    }`,
  'app/later.js': `export const Later = () => <b>later</b>;`,
  'app/actions.js': `
    'use server';
    export async function act() { await null; }`,
  'app/api/route.js': `
    import { answered } from '../../lib/events.js';
    import { main } from '../../lib/requests.js';
    export async function GET() { await answered(); return Response.json(await main()); }`,
  'proxy.js': `
    import { NextResponse } from 'next/server';
    export async function proxy() {
      await null;
      return NextResponse.next({ headers: { 'x-proxied': 'yes' } });
    }`,
};

let project: Project;
beforeAll(async () => {
  project = await Project.with([
    ...['@babel/core@7.29.13', 'next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'],
  ]);
});

/** Next compiles with SWC, and the loader comes before it. */
const { 'babel.config.js': _babel, ...withoutBabel } = files;
const byLoader = {
  ...withoutBabel,
  'next.config.js': `
    const loaders = ['@throughline/babel-plugin/loader'];
    module.exports = {
      turbopack: { rules: { '*.js': { loaders } } },
      webpack(config) {
        config.module.rules.push({ test: /\\.js$/, exclude: /node_modules/, use: loaders });
        return config;
      },
    };`,
};

test.each([
  ['built with Turbopack', ['build'], 'start', files],
  ['built with webpack', ['build', '--webpack'], 'start', files],
  ['in development', undefined, 'dev', files],
  ['without Babel, built with Turbopack', ['build'], 'start', byLoader],
  ['without Babel, built with webpack', ['build', '--webpack'], 'start', byLoader],
  ['without Babel, in development', undefined, 'dev', byLoader],
] as const)('%s', async (_title, build, command, app) => {
  project.write(app, { type: 'commonjs' });
  if (build) await project.run(NEXT, ...build);
  const { events } = await withCollector((env) => asked(command, env));

  expect(events).toEqual(outcome.events);
});

/** Starts Next, asks for everything the app has, and ends it. */
async function asked(command: 'start' | 'dev', env: Record<string, string>): Promise<void> {
  const next = await serve(
    ...([project.node, (port: string) => [NEXT, command, '-H', '127.0.0.1', '-p', port]] as const),
    { cwd: project.folder, env },
  );
  try {
    const api = await fetch(`${next.url}/api`);
    expect(await api.json()).toEqual(seen);
    expect(api.headers.get('x-proxied')).toBe('yes');

    const page = await (await fetch(next.url)).text();
    expect(page).toContain('<title>A page</title>');
    expect(page).toContain('<b>later</b>');
    const part = /<pre>(.*?)<\/pre>/.exec(page)![1]!;
    expect(JSON.parse(part.replaceAll('&quot;', '"'))).toEqual(seen);
  } finally {
    await next.end();
  }
}

test('functions that are cached stay functions that can be', async () => {
  project.write(
    {
      ...files,
      'next.config.js': 'module.exports = { cacheComponents: true, partialPrefetching: true };',
      'app/page.js': `
        async function cached(value) { 'use cache'; await null; return value; }
        export default async function Page() { return <pre>{await cached('kept')}</pre>; }`,
      'app/api/route.js': `
        import { connection } from 'next/server';
        export async function GET() { await connection(); return Response.json({}); }`,
    },
    { type: 'commonjs' },
  );

  expect(await project.run(NEXT, 'build')).toContain('/api');
});
