import { EventEmitter } from 'node:events';

const settings = new EventEmitter();

describe('theme', () => {
  let theme;

  beforeEach(async () => {
    theme = 'light';
    await null;
    // guilty
    settings.on('theme', (name) => (theme = name));
  });

  test('is light', () => {
    expect(theme).toBe('light');
  });

  test('is dark', () => {
    settings.emit('theme', 'dark');
    expect(theme).toBe('dark');
  });
});
