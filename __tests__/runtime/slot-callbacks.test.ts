import { getLocal, register, setLocal, snapshot } from '@throughline/runtime';
import { end, resume, run, suspend } from '@throughline/runtime/compiled';

// What the plugin makes of `async () => { set; await null; }`, by hand.
function strand(set: () => void): Promise<void> {
  return run(async (own) => {
    try {
      set();
      resume(own, await suspend(own, null));
    } finally {
      end(own);
    }
  });
}

let said: jest.SpyInstance;
beforeEach(() => {
  said = jest.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => said.mockRestore());

test('a join callback that throws leaves the value and is complained of once', async () => {
  const token = register<string>('mine', {
    join: () => {
      throw new Error('join');
    },
  });
  const read = await run(async (own) => {
    try {
      for (let i = 0; i < 3; i++) {
        resume(
          own,
          await suspend(
            own,
            strand(() => setLocal(token, `theirs ${i}`)),
          ),
        );
      }
      return getLocal(token);
    } finally {
      end(own);
    }
  });

  expect(read).toBe('mine');
  expect(said).toHaveBeenCalledTimes(1);
  expect(said.mock.calls[0]![0]).toMatch(/TL_SLOT_CALLBACK_THREW/);
});

test('a join callback is called only with values that differ', async () => {
  const pairs: [number, number][] = [];
  const token = register(0, {
    join: (mine, theirs) => {
      pairs.push([mine, theirs]);
      return mine + theirs;
    },
  });
  await run(async (own) => {
    try {
      resume(
        own,
        await suspend(
          own,
          strand(() => {}),
        ),
      );
      resume(
        own,
        await suspend(
          own,
          strand(() => setLocal(token, 0)),
        ),
      );
      resume(
        own,
        await suspend(
          own,
          strand(() => setLocal(token, 5)),
        ),
      );
      resume(
        own,
        await suspend(
          own,
          strand(() => {}),
        ),
      );
    } finally {
      end(own);
    }
  });

  expect(pairs).toEqual([[0, 5]]);
});

test('a spawn callback that throws shares the value of the parent', () => {
  const token = register('parent', {
    spawn: () => {
      throw new Error('spawn');
    },
  });

  expect(() => snapshot().run(() => getLocal(token))).not.toThrow();
  expect(snapshot().run(() => getLocal(token))).toBe('parent');
});
