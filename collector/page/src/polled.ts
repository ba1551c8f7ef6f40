import { useEffect, useState } from 'preact/hooks';

const INTERVAL_MS = 2000;

/** The last value, and the error of the last request if it failed. */
export interface Polled<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
}

/** Calls `ask` every two seconds while the page is visible. A failure keeps the last value. */
export function usePolled<T>(ask: () => Promise<T>, key: string): Polled<T> {
  const [state, setState] = useState<Polled<T> & { key: string }>({
    key,
    value: undefined,
    error: undefined,
  });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async (): Promise<void> => {
      try {
        const value = document.hidden ? undefined : await ask();
        if (!stopped && value !== undefined) setState({ key, value, error: undefined });
      } catch (error) {
        if (!stopped) setState((before) => ({ ...before, key, error: (error as Error).message }));
      }
      if (!stopped) timer = setTimeout(() => void round(), INTERVAL_MS);
    };
    void round();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [key]);
  return state.key === key ? state : { value: undefined, error: undefined };
}
