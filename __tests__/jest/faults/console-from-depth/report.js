let tell;
export const written = new Promise((resolve) => (tell = resolve));

async function format(name) {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return `<${name}>`;
}

export async function write(name) {
  const text = await format(name);
  // chain
  process.nextTick(() => {
    // chain
    queueMicrotask(() => {
      // chain
      setImmediate(() => {
        // guilty
        Promise.resolve(text).then((ready) => {
          console.log('written', ready);
          tell();
        });
      });
    });
  });
}
