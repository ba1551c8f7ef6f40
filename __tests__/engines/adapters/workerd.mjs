// Cloudflare's workerd: a worker that runs the suite when it is asked, over HTTP.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { installFromNpm, versionOf } from '../install.mjs';
import { start, within } from './child.mjs';

export function open(engine, { folder, limitMs }) {
  const binary = join(installFromNpm(folder, engine.npm), engine.binary);
  return {
    version: versionOf(binary),
    async run(script) {
      const port = await freePort();
      writeFileSync(join(folder, 'worker.js'), `${script}\n${worker}`);
      writeFileSync(join(folder, 'config.capnp'), config(port, engine.compatibilityDate));
      const server = start(binary, ['serve', join(folder, 'config.capnp'), '--verbose']);
      try {
        const early = server
          .endsEarly()
          .then((reason) => ({ lines: '', remark: `it ended: ${reason}` }));
        const answer = Promise.race([ask(port, server.ended), early]);
        return await within(limitMs, answer, () => ({
          lines: '',
          remark: `no answer in ${limitMs} ms`,
        }));
      } finally {
        await server.stop();
      }
    },
  };
}

const worker = `
export default {
  async fetch() {
    const lines = [];
    await throughlineSuite((line) => lines.push(line));
    return new Response(lines.join('\\n'));
  },
};
`;

const config = (port, date) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .suite)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const suite :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "${date}",
);
`;

/** Asks again until the server listens. */
async function ask(port, ended) {
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      const text = await response.text();
      return response.ok ? { lines: text } : { lines: '', remark: `${response.status}: ${text}` };
    } catch (error) {
      if (error.cause?.code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return { lines: '', remark: 'it ended' };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
