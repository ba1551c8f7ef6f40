import { client } from '../xtrace/log.js';

/** What a browser tells of a navigation (HTML, "NavigateEvent"). */
interface Navigate extends Event {
  readonly destination: { readonly url: string; readonly sameDocument: boolean };
  readonly hashChange: boolean;
}

/** Logs navigations within the document, in the context of the code that navigates, where the browser tells of them. */
export function watchNavigations(): void {
  const { navigation } = globalThis as { navigation?: EventTarget };
  navigation?.addEventListener('navigate', (event) => {
    const { destination, hashChange } = event as Navigate;
    if (!destination.sameDocument || hashChange) return;
    const { pathname } = new URL(destination.url);
    client.log(`navigate ${pathname}`, { 'url.path': pathname });
  });
}
