import { hasChromium, shownBy } from '../workers/page';

jest.setTimeout(120_000);

// A page and a frame of the same origin that load the same bundle: two realms, as with jsdom and `vm`
// (runtime/one-runtime.test.ts), in a browser.
const main = `
  import { getLocal, register, setLocal } from '@throughline/runtime';
  import { print } from './print.js';

  const user = register('nobody');
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  const here = {
    read(token = user) {
      try {
        return getLocal(token);
      } catch ({ code }) {
        return code;
      }
    },
    async load(name, told = () => {}) {
      setLocal(user, name);
      told();
      await turn();
      told();
      return getLocal(user);
    },
  };
  window.here = here;

  async function page() {
    const frame = document.createElement('iframe');
    frame.src = '/';
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
    const there = frame.contentWindow.here;

    setLocal(user, 'ada');
    print(['its token here', there.read(user)]);
    print(['its slot', there.read()]);
    const seen = [];
    print(['its strand', await there.load('bob', () => seen.push(getLocal(user)))]);
    print(['called back', seen]);
    print(['after it', getLocal(user), there.read()]);
    print(['side by side', await Promise.all([there.load('cleo'), here.load('dora')])]);
    print(['after both', getLocal(user), there.read()]);

    there.load('eve');
    frame.remove();
    print(['removed', getLocal(user), await here.load('fay')]);
    print('over');
  }
  if (window.top === window) page();
`;

(hasChromium ? test : test.skip)('a page and its frame are two realms', async () => {
  expect(await shownBy({ 'main.js': main })).toEqual([
    ['its token here', 'TL_TOKEN_INVALID'],
    ['its slot', 'nobody'],
    ['its strand', 'bob'],
    // The page's strand has called that function, and is suspended when it is called again.
    ['called back', ['ada', 'nobody']],
    ['after it', 'ada', 'nobody'],
    ['side by side', ['cleo', 'dora']],
    ['after both', 'ada', 'nobody'],
    ['removed', 'ada', 'fay'],
  ]);
});
