function menu() {
  const button = document.createElement('button');
  const list = document.createElement('ul');
  list.hidden = true;
  button.addEventListener('click', async () => {
    await null;
    list.hidden = !list.hidden;
    list.dispatchEvent(new CustomEvent('toggle', { detail: list.hidden }));
  });
  const close = (event) => {
    if (event.key === 'Escape') list.hidden = true;
  };
  document.addEventListener('keydown', close);
  document.body.append(button, list);
  return {
    button,
    list,
    remove() {
      document.removeEventListener('keydown', close);
      button.remove();
      list.remove();
    },
  };
}

describe('menu', () => {
  let shown;

  beforeEach(() => {
    shown = menu();
  });
  afterEach(() => {
    shown.remove();
  });

  test('opens', async () => {
    const toggled = new Promise((resolve) => {
      shown.list.addEventListener('toggle', (event) => resolve(event.detail), { once: true });
    });
    shown.button.click();
    expect(await toggled).toBe(false);
  });

  test('closes at a key', () => {
    shown.list.hidden = false;
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(shown.list.hidden).toBe(true);
  });

  test('is drawn', async () => {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => window.setTimeout(resolve, 1));
    expect(document.querySelectorAll('ul')).toHaveLength(1);
  });

  test('sees changes', async () => {
    const observer = new MutationObserver(() => {});
    observer.observe(document.body, { childList: true });
    document.body.append(document.createElement('p'));
    await null;
    observer.disconnect();
    document.querySelector('p').remove();
  });
});
