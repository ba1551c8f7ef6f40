import { transformSync } from '@babel/core';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { events } from './events';

// One program for every tool: `requests.ts` with `shop.ts` uses slots, `events.ts` logs, `app.ts` runs both.
const folder = join(__dirname, 'app');

/** The app as TypeScript, by path below `src`. Its imports name files with their extension. */
export function typescriptApp(extension: '.ts' | '.cts' = '.ts'): Record<string, string> {
  return app(extension, (text) => text.replaceAll(/(?<='\.\/\w+)\.js(?=')/g, extension));
}

/** The app as JavaScript modules. */
export function moduleApp(): Record<string, string> {
  return app('.js', (text) => withoutTypes(text));
}

/** The app as CommonJS. */
export function commonjsApp(): Record<string, string> {
  const toCommonjs = require.resolve('@babel/plugin-transform-modules-commonjs');
  return app('.js', (text) => withoutTypes(text, [toCommonjs]));
}

/** The app where there are no sockets: a browser, a telephone. It logs nothing. */
export function appWithoutClient(): Record<string, string> {
  return { ...moduleApp(), 'src/events.js': 'export async function answered() {}\n' };
}

function app(extension: string, written: (text: string) => string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [
      `src/${name.replace('.ts', extension)}`,
      written(readFileSync(join(folder, name), 'utf8')),
    ]),
  );
}

function withoutTypes(code: string, plugins: string[] = []): string {
  const preset = [require.resolve('@babel/preset-typescript'), { onlyRemoveTypeImports: true }];
  const options = { configFile: false, babelrc: false, filename: 'app.ts' } as const;
  return `${transformSync(code, { ...options, presets: [preset], plugins })!.code}\n`;
}

/** What the app's `main` returns, and what it prints, whatever built it. */
export const seen = {
  ada: seenFor('ada'),
  bob: seenFor('bob'),
  afterwards: 'nobody',
  loaded: ['cart', 'first page', 'prices', 'second page', 'stock', 'then'],
};

/** That, and the events that it sends to a collector. */
export const outcome = { result: seen, events };

function seenFor(name: string): string[] {
  return [
    `after await: ${name}`,
    `in a timer: ${name}`,
    `loaded prices and stock: ${name}`,
    `rung: ${name}`,
    `first page for ${name}: ${name}`,
    `second page for ${name}: ${name}`,
    `total empty, ${name} and ${name}: ${name}`,
    `waited for ${name}: ${name}`,
    `then for ${name}: ${name}`,
    `loaded 6 in all: ${name}`,
  ];
}
