// What does a timer cost? Many run at once: otherwise the loop would measure the millisecond that each waits.
export function loop(count) {
  return new Promise((done) => {
    let left = count;
    for (let i = 0; i < count; i++) {
      setTimeout(() => {
        if (--left === 0) done();
      }, 1);
    }
  });
}
