// npm run conformance -- applications DIR
//
// Whether the context of a request arrives in applications that others wrote. Each folder in DIR has an application with
// its packages, and a file application.json:
//
//   { "entry": "server.js", "port": 3000, "env": { "PORT": "3000" }, "requests": [{ "path": "/", "method": "GET", "body": {} }] }
//
// Every function of the application's own JavaScript files reads the context at its head. Each request gets an
// AsyncLocalStorage of Node and a slot of ours. Where Node's has a value, ours has to have the same: `right`, `missing`
// and `wrong` count that. Node 24, 64 requests at once. Exits with 1 if a reading is missing or wrong. Without the bridge,
// nothing must be wrong, and what is missing is counted: listeners of packages for WebSockets, for example.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = join(root, '.cache/engines/node24/node_modules/node/bin/node');
const REGISTER = join(root, 'babel-plugin/dist/esm/register.js');
const PROBE = fileURLToPath(new URL('applications-probe.mjs', import.meta.url));
const AT_ONCE = 64;
const ROUNDS = 5;
const STARTS_WITHIN = 60_000;

/** The ways to run an application. */
const ways = {
  'not instrumented': { imports: [PROBE], options: {} },
  default: { imports: [PROBE, REGISTER], options: {} },
  'without bridge': { imports: [PROBE, REGISTER], options: {}, bridge: 'off' },
  'own files only': { imports: [PROBE, REGISTER], options: { include: [] } },
};

if (!existsSync(node)) {
  console.error('Node 24 is missing. Run "npm run engines -- --only node24" once.');
  process.exit(2);
}
const folders = process.argv.slice(3).flatMap((folder) =>
  readdirSync(folder)
    .map((name) => resolve(folder, name))
    .filter((path) => existsSync(join(path, 'application.json'))),
);
let isBroken = folders.length === 0;
if (isBroken) console.error('No folder with an application.json was found.');
for (const folder of folders) {
  for (const [way, { imports, options, bridge = 'on' }] of Object.entries(ways)) {
    const counts = await examine(folder, imports, options, bridge);
    const { requests, failed, seen, right, missing, wrong } = counts;
    if (wrong > 0 || (missing > 0 && imports.includes(REGISTER) && bridge === 'on'))
      isBroken = true;
    if (failed > 0 || seen === 0) isBroken = true;
    const found = imports.includes(REGISTER)
      ? `${right} right, ${missing} missing, ${wrong} wrong`
      : `${seen} readings with an AsyncLocalStorage`;
    console.log(
      `${folder.split('/').pop().padEnd(20)} ${way.padEnd(17)} ${requests} requests, ${failed} failed: ${found}`,
    );
  }
}
process.exitCode = isBroken ? 1 : 0;

/** Runs an application, sends it requests, and returns what its functions read. */
async function examine(folder, imports, options, bridge) {
  const { entry, port, env, requests } = JSON.parse(
    readFileSync(join(folder, 'application.json'), 'utf8'),
  );
  const flags = imports.flatMap((file) => ['--import', file]);
  const child = spawn(node, [...flags, entry], {
    cwd: folder,
    env: {
      ...process.env,
      ...env,
      THROUGHLINE_OPTIONS: JSON.stringify(options),
      THROUGHLINE_BRIDGE: bridge,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const counts = new Promise((settle) => child.once('message', settle));
  const send = async ({ path, method = 'GET', body }) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body
        ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        : {}),
    });
    await response.arrayBuffer();
    return response.status < 500;
  };
  try {
    const until = Date.now() + STARTS_WITHIN;
    while (!(await send(requests[0]).catch(() => false))) {
      if (Date.now() > until || child.exitCode !== null)
        throw new Error(`${entry} does not answer`);
      await wait(100);
    }
    let failed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const sent = Array.from({ length: AT_ONCE }, (_, i) => send(requests[i % requests.length]));
      failed += (await Promise.allSettled(sent)).filter(({ value }) => value !== true).length;
    }
    child.send('counts');
    return { requests: AT_ONCE * ROUNDS, failed, ...(await counts) };
  } finally {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
  }
}
