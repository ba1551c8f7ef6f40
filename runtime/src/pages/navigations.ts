import { attempt } from '../operations/attempt.js';
import { client } from '../xtrace/log.js';

/** Logs navigations within the document, in the context of the code that navigates, where the browser tells of them. */
export function watchNavigations(): void {
  const { navigation } = globalThis as { navigation?: EventTarget };
  let known = location.pathname;
  const note = (): void => {
    const { pathname } = location;
    // A page may write the same address again for what it keeps there.
    if (pathname === known) return;
    known = pathname;
    client.log(`navigate ${pathname}`, { 'url.path': pathname });
  };
  navigation?.addEventListener('currententrychange', () => attempt(note));
}
