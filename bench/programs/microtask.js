// What does a microtask cost?
const BATCH = 1_000;

function batch(done) {
  let left = BATCH;
  for (let i = 0; i < BATCH; i++) {
    queueMicrotask(() => {
      if (--left === 0) done();
    });
  }
}

export async function loop(count) {
  for (let done = 0; done < count; done += BATCH) await new Promise(batch);
}
