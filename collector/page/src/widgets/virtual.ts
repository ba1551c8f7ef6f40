import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { VirtualItem } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

/** A long list of which only the rows in view are in the document. */
export interface VirtualRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly VirtualItem[];
  readonly height: number;
  reveal(row: number): void;
}

/** Returns the rows in view of a list whose rows have one height. */
export function useVirtualRows(rows: number, rowHeight: number): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const options = {
    ...{ count: rows, overscan: 12, estimateSize: () => rowHeight },
    getScrollElement: () => scroller.current,
    ...{ scrollToFn: elementScroll, observeElementRect, observeElementOffset },
    onChange: () => redraw(undefined),
  };
  const kept = useRef<Virtualizer<HTMLDivElement, HTMLDivElement> | undefined>(undefined);
  const list = (kept.current ??= new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  list.setOptions(options);
  useEffect(() => list._didMount(), []);
  useLayoutEffect(() => list._willUpdate());
  return {
    scroller,
    items: list.getVirtualItems(),
    height: list.getTotalSize(),
    reveal: (row) => list.scrollToIndex(row, { align: 'auto' }),
  };
}
