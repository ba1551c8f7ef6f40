import { ran } from '../harness/child';
import { instrument } from '../harness/instrument';

// What goes when nobody needs it, and what stays flat however long it runs. Each in a process of its own.

const prelude = `
  import { getLocal, register, setLocal, snapshot } from '@throughline/runtime';
  import { AsyncContext } from '@throughline/runtime/async-context';
  import { EventEmitter } from 'node:events';
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const slot = register(undefined);
  const joined = register(0, { join: (mine, theirs) => Math.max(mine, theirs) });
  const kept = [];
  const isGone = async (ref) => {
    for (let i = 0; i < 50 && ref.deref() !== undefined; i++) {
      await turn();
      gc();
    }
    return ref.deref() === undefined;
  };
`;

/** Bodies of an async function that returns what must be gone, as a weak reference. */
const gone: Record<string, string> = {
  'the value of a strand that ended': `
    const strand = async () => {
      const value = {};
      setLocal(slot, value);
      await turn();
      return new WeakRef(value);
    };
    return strand();`,
  'the value of a strand that threw': `
    let ref;
    const strand = async () => {
      const value = {};
      ref = new WeakRef(value);
      setLocal(slot, value);
      await turn();
      throw new Error();
    };
    await strand().catch(() => {});
    return ref;`,
  'the value of a strand that still runs, once it set another': `
    let ref;
    const strand = async () => {
      (() => {
        const value = {};
        ref = new WeakRef(value);
        setLocal(slot, value);
      })();
      await turn();
      setLocal(slot, 'other');
      await new Promise((resolve) => kept.push(resolve));
    };
    kept.push(strand());
    await turn();
    await turn();
    return ref;`,
  'the callback of a promise that has settled': `
    let ref;
    kept.push(
      (() => {
        const value = {};
        ref = new WeakRef(value);
        return Promise.resolve().then(() => void value);
      })(),
    );
    await turn();
    return ref;`,
  'the callback of a promise that has settled without it': `
    let ref;
    kept.push(
      (() => {
        const value = {};
        ref = new WeakRef(value);
        return Promise.resolve().then(undefined, () => void value);
      })(),
    );
    await turn();
    return ref;`,
  'the frame of a strand whose children go on': `
    let ref;
    const strand = async () => {
      const value = {};
      ref = new WeakRef(value);
      const child = snapshot();
      setLocal(slot, value);
      await turn();
      child.run(() => kept.push(setInterval(() => {}, 1e6)));
    };
    await strand();
    return ref;`,
  'a strand that a joined one awaited': `
    const strand = async () => {
      const value = { n: 1 };
      setLocal(slot, value);
      setLocal(joined, 1);
      await turn();
      return new WeakRef(value);
    };
    const ref = await strand();
    kept.push(getLocal(joined));
    return ref;`,
  'the promise of a strand': `
    const strand = async () => { setLocal(slot, {}); await turn(); };
    const promise = strand();
    await promise;
    return new WeakRef(promise);`,
  'a variable that is dropped, with its value': `
    const value = {};
    const variable = new AsyncContext.Variable();
    await variable.run(value, turn);
    kept.push(new WeakRef(variable));
    return new WeakRef(value);`,
  'a variable that is dropped': `
    const variable = new AsyncContext.Variable();
    variable.run({}, () => variable.get());
    await turn();
    return new WeakRef(variable);`,
  'a token without callbacks that is dropped': `
    const token = register('initial');
    const strand = async () => { setLocal(token, 1); await turn(); };
    await strand();
    return new WeakRef(token);`,
  'what a listener that was removed would have seen': `
    const emitter = new EventEmitter();
    kept.push(emitter);
    const listener = () => {};
    const strand = async () => {
      const value = {};
      setLocal(slot, value);
      emitter.on('x', listener);
      emitter.off('x', listener);
      return new WeakRef(value);
    };
    return strand();`,
  'what a promise that never settles was made in': `
    const strand = async () => {
      const value = {};
      setLocal(slot, value);
      void new Promise(() => {});
      return new WeakRef(value);
    };
    return strand();`,
};

describe.each([[false], [true]])('with causes: %s', (causes) => {
  test.each(Object.entries(gone))('%s is collected', async (_, body) => {
    const code = `${prelude}
      const main = async () => { ${body} };
      setImmediate(async () => {
        const ref = await (async () => main())();
        console.log(await isGone(ref));
        process.exit();
      });`;

    expect(await linesOf(code, causes)).toEqual(['true']);
  });

  test('what a strand that runs holds is not', async () => {
    const code = `${prelude}
      let ref;
      const strand = async () => {
        const value = {};
        ref = new WeakRef(value);
        setLocal(slot, value);
        await new Promise((resolve) => kept.push(resolve));
        return getLocal(slot);
      };
      setImmediate(async () => {
        const promise = strand();
        console.log(await isGone(ref));
        kept[0]();
        await promise;
      });`;

    expect(await linesOf(code, causes)).toEqual(['false']);
  });

  test.each([
    [
      '1,000,000 awaits one after the other',
      `const main = async () => {
        setLocal(slot, {});
        for (let i = 0; i < 1_000_000; i++) {
          await (i % 2 === 0 ? null : callee());
          steps(i + 1, 1_000_000);
        }
      };
      const callee = async () => { setLocal(joined, getLocal(joined) + 1); };`,
    ],
    [
      'an interval that fires 100,000 times',
      // A timer of Node's takes a millisecond; what is looked at is the firing, so here code that was not
      // compiled fires it.
      `const main = () => new Promise((resolve) => {
        let fired = 0;
        let fire;
        globalThis.setInterval = (fn) => (fire = fn);
        const strand = async () => {
          setLocal(slot, {});
          setInterval(() => {
            setLocal(slot, { fired: ++fired });
            setLocal(joined, fired);
            steps(fired, 100_000);
            if (fired === 100_000) resolve();
          }, 1);
        };
        void strand();
        const tick = () => {
          fire();
          // throughline: off
          if (fired < 100_000) setImmediate(tick);
        };
        tick();
      });`,
    ],
    [
      'a timer that sets itself 100,000 times',
      `const main = () => new Promise((resolve) => {
        let fired = 0;
        const fire = () => {
          setLocal(slot, { fired: ++fired });
          steps(fired, 100_000);
          if (fired === 100_000) return resolve();
          setImmediate(fire);
        };
        setImmediate(fire);
      });`,
    ],
    [
      'a promise chain that goes on from itself 300,000 times',
      `const main = () => new Promise((resolve) => {
        let links = 0;
        const step = () => {
          setLocal(slot, { links: ++links });
          setLocal(joined, links);
          steps(links, 300_000);
          if (links === 300_000) return resolve();
          Promise.resolve().then(step);
        };
        step();
      });`,
    ],
    [
      'an async loop that calls itself 300,000 times',
      `let calls = 0;
      const main = () => new Promise((resolve) => {
        const loop = async () => {
          await null;
          setLocal(joined, ++calls);
          steps(calls, 300_000);
          if (calls === 300_000) return resolve();
          void loop();
        };
        void loop();
      });`,
    ],
    [
      'an emitter that emits 1,000,000 times',
      `const main = async () => {
        const emitter = new EventEmitter().on('x', () => setLocal(slot, {}));
        for (let i = 0; i < 1_000_000; i++) {
          emitter.emit('x');
          steps(i + 1, 1_000_000);
        }
      };`,
    ],
    [
      'an async generator of 200,000 values',
      `async function* values() {
        for (let i = 0; i < 200_000; i++) {
          setLocal(joined, i);
          yield i;
        }
      }
      const main = async () => {
        for await (const i of values()) steps(i + 1, 200_000);
      };`,
    ],
    [
      'enterWith 200,000 times',
      `import { AsyncLocalStorage } from '@throughline/runtime/async-local-storage';
      const storage = new AsyncLocalStorage();
      const enter = async (i) => { storage.enterWith({ i }); await null; };
      const main = async () => {
        for (let i = 0; i < 200_000; i++) {
          await enter(i);
          steps(i + 1, 200_000);
        }
      };`,
    ],
  ])('%s: memory stays flat', async (_, body) => {
    const [grown] = await linesOf(`${prelude} ${flat(body)}`, causes);

    expect(Number(grown)).toBeLessThan(FLAT);
  });

  test('what a program keeps shows as growth', async () => {
    const code = `${prelude} ${flat(`const main = async () => {
      for (let i = 0; i < 100_000; i++) {
        setLocal(slot, { i });
        if (i % 10 === 0) kept.push(snapshot());
        await null;
        steps(i + 1, 100_000);
      }
    };`)}`;
    const [grown] = await linesOf(code, causes);

    expect(Number(grown)).toBeGreaterThan(FLAT);
  });
});

/** Bytes a third of the steps: less than one a step, in everything that is looked at. */
const FLAT = 30_000;

/**
 * A program that prints how much the heap grew in the middle one of three equal parts, by size, after a
 * tenth of its steps. What the engine compiles or throws away once is in one part; what a step leaves
 * behind is in all three.
 */
function flat(body: string): string {
  return `${body}
    const heap = [];
    const steps = (taken, all) => {
      if (taken * 10 !== all * (1 + 3 * heap.length)) return;
      gc();
      gc();
      heap.push(process.memoryUsage().heapUsed);
      if (heap.length < 4) return;
      const growth = [1, 2, 3].map((part) => heap[part] - heap[part - 1]);
      console.log(growth.sort((a, b) => a - b)[1]);
    };
    setImmediate(main);`;
}

async function linesOf(code: string, causes: boolean): Promise<string[]> {
  const compiled = instrument(code, { causes }, { commonjs: true });
  const { stdout, stderr } = await ran(['--expose-gc', '-e', compiled]);
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}
