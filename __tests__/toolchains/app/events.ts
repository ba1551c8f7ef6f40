import { connect, flush, log, startTask } from '@throughline/runtime/xtrace';

async function load(part: string): Promise<void> {
  log(`load ${part}`);
  await null;
  log(`loaded ${part}`);
}

async function request(name: string): Promise<void> {
  startTask();
  log(`request of ${name}`);
  await Promise.all([load(`prices of ${name}`), load(`stock of ${name}`)]);
  log(`all loaded for ${name}`);
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      log(`in a timer for ${name}`);
      resolve();
    }, 1);
  });
  log(`answered ${name}`);
}

/** Two requests at once that log events, if there is a collector to send them to. */
export async function answered(): Promise<void> {
  const collector = process.env['COLLECTOR'];
  if (collector === undefined) return;
  await connect(collector);
  await Promise.all(['ada', 'bob'].map(request));
  await flush();
}
