/** The colours of pictures. They are those of the style sheet, so that all of the page changes together. */
export interface Theme {
  readonly text: string;
  readonly minor: string;
  readonly ground: string;
  readonly raised: string;
  readonly line: string;
  readonly accent: string;
  readonly message: string;
  readonly error: string;
  readonly path: string;
  readonly found: string;
  /** Grounds and lines of processes, in turn. */
  readonly lanes: readonly { readonly ground: string; readonly line: string }[];
}

const LANES = 8;

/** Reads the colours from the style sheet, as they are for this reader. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ...{ text: color('text'), minor: color('minor'), ground: color('ground') },
    ...{ raised: color('raised'), line: color('line'), accent: color('accent') },
    ...{ message: color('message'), error: color('error'), path: color('path') },
    found: color('found'),
    lanes: Array.from({ length: LANES }, (_, i) => ({
      ground: color(`lane-${i}`),
      line: color(`lane-line-${i}`),
    })),
  };
}

/** Returns the colours of a process. */
export function laneOf({ lanes }: Theme, process: number): Theme['lanes'][number] {
  return lanes[process % LANES]!;
}

/** Calls `changed` when the reader's settings change the colours. Returns a function that ends it. */
export function onThemeChange(changed: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
  };
}
