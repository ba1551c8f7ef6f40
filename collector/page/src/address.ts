import { signal } from '@preact/signals';

/** The page's address: everything that can be shared is in it. */
export interface Address {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The address as it is now. */
export const address = signal<Address>(read());

/** Returns an address as text. Parts of the query that are empty are left out. */
export function hrefOf(
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Returns the address of a task. */
export function taskHref(
  taskId: string,
  query?: Readonly<Record<string, string | undefined>>,
): string {
  return hrefOf(`/tasks/${encodeURIComponent(taskId)}`, query);
}

/** Opens another address, with an entry in the history. */
export function go(href: string): void {
  if (isFile) return;
  history.pushState(null, '', href);
  address.value = read();
}

/** Changes parts of the query, without an entry in the history. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = address.peek();
  const next = Object.fromEntries(
    Object.entries({ ...query, ...changes }).filter(([, value]) => value),
  ) as Record<string, string>;
  if (!isFile) history.replaceState(null, '', hrefOf(path, next));
  address.value = { path, query: next };
}

/** A page that is a file has no addresses but its own. */
const isFile = location.protocol === 'file:';

function read(): Address {
  return {
    path: location.pathname,
    query: Object.fromEntries(new URLSearchParams(location.search)),
  };
}

addEventListener('popstate', () => (address.value = read()));

/** Links within the page do not load it again. */
document.addEventListener('click', (event) => {
  const link = (event.target as Element).closest('a');
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !isPlain || link.origin !== location.origin || link.download || isFile) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
