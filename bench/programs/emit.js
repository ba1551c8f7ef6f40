// What does emitting an event cost, with a listener that does almost nothing?
import { EventEmitter } from 'node:events';

export function loop(count) {
  const emitter = new EventEmitter();
  let sum = 0;
  emitter.on('add', (number) => {
    sum += number;
  });
  for (let i = 0; i < count; i++) emitter.emit('add', i);
  return sum;
}
