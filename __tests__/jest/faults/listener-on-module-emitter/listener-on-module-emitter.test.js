import { bus } from './bus';

function toast() {
  const shown = [];
  const show = (text) => shown.push(text);
  // guilty
  bus.on('message', show);
  return { shown, close: () => bus.off('message', show) };
}

describe('toast', () => {
  test('shows the first message', () => {
    const { shown, close } = toast();
    bus.emit('message', 'one');
    expect(shown).toEqual(['one']);
    close();
  });

  test('shows the second message', () => {
    const { shown } = toast();
    bus.emit('message', 'two');
    expect(shown).toEqual(['two']);
  });
});
