import { useEffect, useState } from 'preact/hooks';

/** The open task and its selected event, as the page's address has them. */
export interface Address {
  readonly taskId: string | undefined;
  readonly eventId: string | undefined;
}

/** Reads the open task and the selected event from an address. */
export function readAddress(url: { pathname: string; search: string }): Address {
  const taskId = /^\/tasks\/([^/]+)$/.exec(url.pathname)?.[1];
  const eventId = new URLSearchParams(url.search).get('event') ?? undefined;
  return { taskId: taskId && decodeURIComponent(taskId), eventId };
}

/** Returns the path of a task, or of one of its events. */
export function taskAddress(taskId: string, eventId?: string): string {
  return `/tasks/${encodeURIComponent(taskId)}${eventId ? `?event=${eventId}` : ''}`;
}

/** Replaces the address, so that the selection can be copied and shared, without a new history entry. */
export function replaceAddress(path: string): void {
  history.replaceState(null, '', path);
}

/** Returns the page's address, and updates it when the user goes back or forward. */
export function useAddress(): Address {
  const [address, setAddress] = useState(() => readAddress(location));
  useEffect(() => {
    const update = (): void => setAddress(readAddress(location));
    addEventListener('popstate', update);
    return () => removeEventListener('popstate', update);
  }, []);
  return address;
}
