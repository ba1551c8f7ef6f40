import type { Surface } from './surface';
import type { Theme } from './theme';

/** Which part of a scene is in view: its point at the top left, and pixels per unit. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** What a scene is drawn into. Lengths are in CSS pixels. */
export interface View {
  readonly camera: Camera;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

/** What the reader points at and has chosen. Events are indexes, or `NONE`. */
export interface Marks {
  readonly selected: number;
  readonly hovered: number;
  /** 1 for each event that a search has found. */
  readonly found?: Uint8Array | undefined;
}

/** A picture that is larger than what is in view. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** True if it can only be stretched to the right: time. */
  readonly isTime: boolean;
  /** How much of the view the heads take that stay in place. */
  readonly top: number;
  /** The largest scale. */
  readonly maxScale: number;
  /** Returns what is shown first in a view of this size. */
  home(width: number, height: number): Camera;
  /** Returns where all of it is in view. */
  fit(width: number, height: number): Camera;
  /**
   * Draws what is in view, or of it only the events that are 1 in `lit`. Yields often, so that the caller may go on with other work in
   * between.
   */
  draw(surface: Surface, view: View, lit?: Uint8Array): Generator<void, void>;
  /** Draws what is above the picture: the marks, and the heads. It must not take long. */
  drawOver(surface: Surface, view: View, marks: Marks): void;
  /** Returns the event at a point of the view, or `NONE`. */
  eventAt(x: number, y: number, view: View): number;
  /** Returns the place of an event in the scene; nothing if it is not shown. */
  placeOf(event: number): { readonly x: number; readonly y: number } | undefined;
  /** Returns the event that a key leads to from another one, or `NONE`. */
  neighbour(event: number, key: Direction): number;
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/** Remembers which cells of a grid of pixels were drawn in, so that nothing is drawn twice in the same place. */
export class PixelGrid {
  private readonly cells: Uint8Array;
  private readonly columns: number;

  constructor(
    width: number,
    height: number,
    private readonly size: number,
  ) {
    this.columns = Math.ceil(width / size) + 1;
    this.cells = new Uint8Array(this.columns * (Math.ceil(height / size) + 1));
  }

  /** Returns true for the first point in a cell. Points outside are in none. */
  isFirst(x: number, y: number): boolean {
    const column = Math.floor(x / this.size);
    if (column < 0 || column >= this.columns) return false;
    const cell = Math.floor(y / this.size) * this.columns + column;
    if (this.cells[cell] !== 0) return false;
    this.cells[cell] = 1;
    return true;
  }
}
