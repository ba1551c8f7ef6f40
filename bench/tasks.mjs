// Tasks of a size for benchmarks. They are the same in every run.

const PROCESSES = 6;
const START = 1_700_000_000_000_000;

const idOf = (number) => number.toString(16).padStart(16, '0');

/** Again and again, one event starts up to eight operations in some of six processes, and another one joins them. */
export function forksAndJoins(size) {
  const { events, add, random } = builder();
  let main = add([], 'start', 0);
  while (events.length < size - 60) {
    const ends = [];
    for (let left = 1 + random(8); left > 0; left--) {
      const process = random(10) < 4 ? 1 + random(PROCESSES - 1) : 0;
      const begin = events.length + 1;
      const operation = ['operation', idOf(begin)];
      let last = add([main], `query ${left}`, process, [
        operation,
        ['phase', 'begin'],
        ['kind', 'client'],
      ]);
      for (let steps = random(4); steps > 0; steps--) last = add([last], `step ${steps}`, process);
      ends.push(add([last], `query ${left} ended`, process, [operation, ['phase', 'end']]));
    }
    main = add(ends, 'joined', 0);
  }
  while (events.length < size) main = add([main], 'step', 0);
  return events;
}

/** One event starts a third as many strands of three events, and another one joins them all. */
export function wide(size) {
  const { events, add } = builder();
  const first = add([], 'start', 0);
  const ends = [];
  for (let left = Math.floor((size - 2) / 3); left > 0; left--) {
    let last = first;
    for (let step = 0; step < 3; step++) last = add([last], `step ${step}`, 0);
    ends.push(last);
  }
  add(ends, 'joined', 0);
  return events;
}

function builder() {
  const events = [];
  let time = START;
  let seed = 7;
  const random = (below) => {
    // Numerical Recipes, "An Even Quicker Generator".
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const add = (parents, label, process, fields) => {
    const number = events.length + 1;
    time += 20 + random(100);
    events.push({
      ...{ eventId: idOf(number), parentEventIds: parents.map(idOf), timestamp: time, label },
      ...{ processName: `service-${process}`, processId: 100 + process, host: `host-${process}` },
      ...(fields && { fields }),
    });
    return number;
  };
  return { events, add, random };
}
