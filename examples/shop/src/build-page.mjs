// Bundles the page, with what the plugin adds: each order is followed from the click on.
import { fileURLToPath } from 'node:url';
import throughline from '@throughline/babel-plugin/rolldown';
import { build } from 'rolldown';

await build({
  input: fileURLToPath(new URL('page/main.mjs', import.meta.url)),
  platform: 'browser',
  plugins: [throughline({ auto: true })],
  output: { file: fileURLToPath(new URL('../dist/page.js', import.meta.url)) },
  logLevel: 'warn',
});
