// Neither `import` nor `export`: what this file is, its package says, or whatever loads it.
setTimeout(
  async () => {
    await null;
  },
  typeof require === 'function' ? 1 : 0,
);
