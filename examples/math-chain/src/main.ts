// The paper's example service: each process applies one operation to a number and passes the result on.
// Tracing needs only `connect`, `log` and the interceptors in operator.ts.
import { connect, flush, log } from '@throughline/runtime/xtrace';
import { readFlags, usage, UsageError } from './flags.js';
import type { Operation, Role } from './flags.js';
import { connectTo, serve } from './operator.js';

async function main(): Promise<void> {
  const { xtraceServer, task } = readFlags(process.argv.slice(2));
  await connect(xtraceServer);
  if (task.be === 'client') await beClient(task);
  else await beServer(task);
}

async function beClient({ input, inputText, nextServer }: Role & { be: 'client' }): Promise<void> {
  const performOp = connectTo(nextServer);
  log(`passing --in (${inputText}) to ${nextServer}`);
  try {
    console.log(`Got value ${await performOp(input)}`);
  } catch (error) {
    log(`error invoking RPC: ${(error as Error).message}`);
    process.exitCode = 2;
  }
  await flush();
  process.exit();
}

async function beServer({
  operation,
  listenAddress,
  nextServer,
}: Role & { be: 'server' }): Promise<void> {
  const next = nextServer === undefined ? undefined : connectTo(nextServer);
  const port = await serve(listenAddress, async (argument) => {
    const result = perform(operation, argument);
    if (next === undefined) {
      log(`returning value ${result}`);
      return result;
    }
    log(`passing to ${nextServer}`);
    return await next(result);
  });
  console.log(`listening on port ${port}`);
}

function perform({ label, apply }: Operation, argument: bigint): bigint {
  const result = apply(argument);
  log(`applying operation ${label} to argument ${argument}: ${result}`);
  return result;
}

main().catch((error: Error) => {
  console.error(error.message);
  if (error instanceof UsageError && error.exitCode === 1) console.error(usage);
  process.exit(error instanceof UsageError ? error.exitCode : 2);
});
