import library from './library';

test('innocent', () => {});

test('guilty', () => {
  library.work('from the library');
});

test('innocent too', () => new Promise((resolve) => setTimeout(resolve, 60)));
