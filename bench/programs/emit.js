// What does an event cost whose listener does next to nothing?
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
