import { signal } from '@preact/signals';

/** The page's address: everything that can be shared is in it. */
export interface Address {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The list as it was last seen, so that a way back to it keeps the search. */
let lastList = '/';

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

/** Returns the address of the list, as it was last seen. */
export function listHref(): string {
  return lastList;
}

/** Opens another address, with an entry in the history. */
export function go(href: string): void {
  if (isFile) return;
  clearTimeout(replacing);
  history.pushState(null, '', href);
  address.value = read();
}

/** Changes parts of the query, without an entry in the history. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = address.peek();
  const next = Object.fromEntries(
    Object.entries({ ...query, ...changes }).filter(([, value]) => value),
  ) as Record<string, string>;
  if (!isFile) replaceSoon(hrefOf(path, next));
  address.value = { path, query: next };
}

let replacing: ReturnType<typeof setTimeout> | undefined;
let replacedAt = -Infinity;

/** Browsers refuse to write the address many times a second, as a key that is held down would. */
function replaceSoon(href: string): void {
  clearTimeout(replacing);
  const replace = (): void => {
    replacedAt = performance.now();
    history.replaceState(null, '', href);
    noteList();
  };
  const wait = replacedAt + REPLACE_MS - performance.now();
  if (wait <= 0) replace();
  else replacing = setTimeout(replace, wait);
}

const REPLACE_MS = 60;

function noteList(): void {
  if (location.pathname === '/') lastList = location.pathname + location.search;
}

/** A page that is a file has no addresses but its own. */
const isFile = location.protocol === 'file:';

function read(): Address {
  noteList();
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
