// ClickHouse's engine of the npm package chdb, behind the part of ClickHouse's HTTP interface that its client for Node uses. It runs in
// a project in which chdb is installed: `node clickhouse-front.mjs FOLDER PORT` prints its port. It ends with its standard input.

import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Session } from 'chdb';

const [, , folder, port] = process.argv;
// The engine lives as long as one session does. Each request gets its own, so that its settings are nobody else's.
const engine = join(folder, 'data');
const configuration = join(folder, 'config.xml');
writeFileSync(
  configuration,
  // A server knows by its port that it is itself a member of the cluster.
  `<clickhouse><tcp_port>9000</tcp_port><remote_servers><throughline><shard><replica>
    <host>127.0.0.1</host><port>9000</port>
  </replica></shard></throughline></remote_servers></clickhouse>`,
);
new Session(engine, { connectionArgs: [`--config-file=${configuration}`] });

/** Parameters of a request that are no settings. */
const CONTROL = new Set([
  ...['query', 'query_id', 'default_format', 'enable_http_compression', 'wait_end_of_query'],
]);

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    const message = String(error?.message ?? error);
    const [, code] = /^Code: (\d+)/.exec(message) ?? [];
    response.writeHead(500, { 'x-clickhouse-exception-code': code ?? '1002' });
    response.end(
      code === undefined ? `Code: 1002. DB::Exception: ${message}. (UNKNOWN_EXCEPTION)` : message,
    );
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.stdin.resume().on('end', () => process.exit());

async function answer(request, response) {
  const parameters = new URL(request.url, 'http://localhost').searchParams;
  const body = await buffer(request);
  const inUrl = parameters.get('query');
  const session = new Session(engine);
  try {
    for (const [name, value] of parameters) {
      if (name === 'database') session.query(`USE ${value}`);
      else if (!CONTROL.has(name)) await session.queryAsync(`SET ${name} = ${quoted(value)}`);
    }
    if (inUrl !== null && body.length > 0) await insert(session, inUrl, body);
    else {
      const format = parameters.get('default_format') ?? 'TabSeparated';
      const result = await session.queryAsync(inUrl ?? body.toString(), { format });
      response.end(Buffer.from(result.bytes()));
    }
    response.end();
  } finally {
    session.close();
  }
}

/** The engine reads rows in binary from files only. */
async function insert(session, statement, body) {
  const file = join(tmpdir(), `clickhouse-${randomUUID()}`);
  writeFileSync(file, body);
  try {
    await session.queryAsync(
      statement.replace(
        /FORMAT (\w+)$/,
        `FROM INFILE ${quoted(file)} COMPRESSION 'none' FORMAT $1`,
      ),
    );
  } finally {
    rmSync(file);
  }
}

function quoted(text) {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
