import { readFile } from 'node:fs';

describe('parser', () => {
  test('reads a file', (done) => {
    // guilty
    readFile(__filename, 'utf8', (error, text) => {
      JSON.parse(text);
      done(error);
    });
  });

  test('is closed', () => {});
});
