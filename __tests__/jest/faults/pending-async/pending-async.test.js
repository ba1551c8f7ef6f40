import { EventEmitter, once } from 'node:events';

const server = new EventEmitter();

async function waitForMail() {
  await once(server, 'mail');
  return 'you have mail';
}

describe('inbox', () => {
  test('waits for mail', () => {
    // guilty
    expect(waitForMail()).toBeInstanceOf(Promise);
  });

  test('is emptied', () => {
    server.emit('emptied');
  });
});
