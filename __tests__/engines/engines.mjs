// Every engine that the suite runs on, as data. `form` is what it is given: "modern", or "lowered" to
// ES5. `npm` packages are installed in a folder of their own; `debian` packages only when asked for.
import { readFileSync } from 'node:fs';

const { dependencies } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
);

/** Node, from the npm package `node`: where `npm run test:all` has installed it, that one. */
function node(major, version) {
  return {
    name: `node${major}`,
    title: `Node ${major}`,
    ...{ form: 'modern', adapter: 'process', npm: { node: version } },
    binary: 'node/bin/node',
  };
}
const versionOf = (name) => dependencies[name].replace('npm:node@', '');

export const engines = [
  node(20, '20.20.2'),
  node(22, versionOf('node22')),
  node(24, versionOf('node24')),
  node(26, versionOf('node26')),
  {
    ...{ name: 'bun', title: 'Bun', form: 'modern', adapter: 'process' },
    npm: { bun: '1.4.5' },
    binary: 'bun/bin/bun.exe',
  },
  {
    ...{ name: 'deno', title: 'Deno', form: 'modern', adapter: 'process' },
    npm: { deno: '2.9.6' },
    binary: 'deno/deno',
    args: ['run', '--no-remote', '--no-config', '--no-lock', '--quiet'],
    env: { DENO_NO_UPDATE_CHECK: '1' },
  },
  {
    ...{ name: 'workerd', title: 'workerd', form: 'modern', adapter: 'workerd' },
    npm: { workerd: '1.20261117.1' },
    binary: 'workerd/bin/workerd',
    compatibilityDate: '2026-11-01',
  },
  {
    ...{ name: 'chromium', title: 'Chromium', form: 'modern', adapter: 'page' },
    debian: ['chromium'],
    binary: '/usr/bin/chromium',
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
    profile: (folder) => [`--user-data-dir=${folder}`],
  },
  {
    ...{ name: 'firefox', title: 'Firefox', form: 'modern', adapter: 'page' },
    debian: ['firefox-esr'],
    binary: '/usr/bin/firefox-esr',
    args: ['--headless', '--no-remote'],
    profile: (folder) => ['--profile', folder],
    preferences: {
      'app.update.enabled': false,
      'browser.shell.checkDefaultBrowser': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'services.settings.server': 'http://127.0.0.1:1',
      'toolkit.telemetry.server': '',
      'toolkit.telemetry.unified': false,
    },
  },
  {
    ...{ name: 'webkitgtk', title: 'WebKitGTK', form: 'modern', adapter: 'page' },
    debian: ['webkit2gtk-driver', 'xvfb'],
    binary: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
    args: ['--private'],
    needsDisplay: true,
    // Debian's sandbox needs a kernel that lets root make namespaces.
    env: { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  },
  {
    ...{ name: 'quickjs', title: 'QuickJS', form: 'modern', adapter: 'quickjs' },
    npm: { 'quickjs-emscripten': '0.32.0' },
  },
  {
    ...{ name: 'hermes', title: 'Hermes', form: 'lowered', adapter: 'process' },
    npm: { 'hermes-engine-cli': '0.12.0' },
    binary: 'hermes-engine-cli/linux64-bin/hermes',
    args: ['-w'],
    print: 'print',
  },
];

/** What lowers the suite, for engines of that form: after our plugin, as users' builds do. */
export const lowering = { '@babel/core': '7.29.13', '@babel/preset-env': '7.29.14' };
