import { useEffect, useState } from 'preact/hooks';

/** What the address says: which task is open, and which of its events is selected. */
export interface Address {
  readonly taskId: string | undefined;
  readonly eventId: string | undefined;
}

export function readAddress(url: { pathname: string; search: string }): Address {
  const taskId = /^\/tasks\/([^/]+)$/.exec(url.pathname)?.[1];
  const eventId = new URLSearchParams(url.search).get('event') ?? undefined;
  return { taskId: taskId && decodeURIComponent(taskId), eventId };
}

export function taskAddress(taskId: string, eventId?: string): string {
  return `/tasks/${encodeURIComponent(taskId)}${eventId ? `?event=${eventId}` : ''}`;
}

/** Puts what is selected into the address, where it can be copied, without a step in the history. */
export function replaceAddress(path: string): void {
  history.replaceState(null, '', path);
}

/** The address of this page, kept up to date as the reader goes back and forth. */
export function useAddress(): Address {
  const [address, setAddress] = useState(() => readAddress(location));
  useEffect(() => {
    const update = (): void => setAddress(readAddress(location));
    addEventListener('popstate', update);
    return () => removeEventListener('popstate', update);
  }, []);
  return address;
}
