// throughline: off file
// Runs in the examined program, before it.
import { doctor } from '@throughline/runtime/doctor';
import { ASK } from './ask.js';

const { examined } = doctor();
const tell = (): void => void process.send?.({ [ASK]: examined() });
process.on('message', (message) => {
  if (message === ASK) tell();
});
process.on('exit', tell);
// Ctrl-C reaches the program, too. A listener keeps Node from ending it.
process.once('SIGINT', () => {
  tell();
  if (process.listenerCount('SIGINT') === 0) process.exit(130);
});
// The channel must not keep a program alive that is done.
process.channel?.unref();
