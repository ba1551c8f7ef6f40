/**
 * Draws one path: the methods of a canvas that need no style. Paths end where they began by a line: in a path of many parts, the time of
 * `closePath` is that of all parts before it.
 */
export type Pen = Pick<
  CanvasRenderingContext2D,
  'moveTo' | 'lineTo' | 'bezierCurveTo' | 'rect' | 'arc'
>;

export interface Stroke {
  readonly color: string;
  readonly width: number;
  /** Lengths of lines and gaps. */
  readonly dash?: readonly number[];
}

export interface TextStyle {
  readonly color: string;
  readonly size: number;
  readonly bold?: boolean;
  readonly align?: 'left' | 'right' | 'center';
}

/** Where pictures are drawn: a canvas, or an SVG document. Lengths are in CSS pixels. */
export interface Surface {
  stroke(stroke: Stroke, draw: (pen: Pen) => void): void;
  fill(color: string, draw: (pen: Pen) => void): void;
  /** Writes text in one line, cut to `width` with an ellipsis. `y` is its baseline. */
  text(text: string, x: number, y: number, width: number, style: TextStyle): void;
  /** Draws only what is inside of a rectangle. */
  clip(x: number, y: number, width: number, height: number, draw: () => void): void;
}

export const FONT = 'system-ui, sans-serif';

export function fontOf({ size, bold }: TextStyle): string {
  return `${bold ? '600 ' : ''}${size}px ${FONT}`;
}

/** Draws on a canvas. */
export class CanvasSurface implements Surface {
  constructor(private readonly context: CanvasRenderingContext2D) {}

  stroke({ color, width, dash = [] }: Stroke, draw: (pen: Pen) => void): void {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(dash as number[]);
    context.beginPath();
    draw(context);
    context.stroke();
  }

  fill(color: string, draw: (pen: Pen) => void): void {
    const { context } = this;
    context.fillStyle = color;
    context.beginPath();
    draw(context);
    context.fill();
  }

  text(text: string, x: number, y: number, width: number, style: TextStyle): void {
    const { context } = this;
    context.font = fontOf(style);
    context.fillStyle = style.color;
    context.textAlign = style.align ?? 'left';
    context.fillText(cutTo(context, text, width), x, y);
  }

  clip(x: number, y: number, width: number, height: number, draw: () => void): void {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    draw();
    context.restore();
  }
}

/** No label needs more characters, and measuring a text takes time with its length. */
const MOST_CHARACTERS = 200;
const MOST_KEPT = 20_000;
const cuts = new Map<string, string>();

/** Cuts a text to a width in the current font. */
function cutTo(context: CanvasRenderingContext2D, text: string, width: number): string {
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  const key = `${context.font}\n${Math.floor(width)}\n${short}`;
  const known = cuts.get(key);
  if (known !== undefined) return known;
  const line = short.replace(/\s+/g, ' ');
  const cut = context.measureText(line).width <= width ? line : longestCut(context, line, width);
  if (cuts.size > MOST_KEPT) cuts.clear();
  cuts.set(key, cut);
  return cut;
}

function longestCut(context: CanvasRenderingContext2D, text: string, width: number): string {
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) fits = middle;
    else tooLong = middle;
  }
  // Not in the middle of a pair of surrogates.
  return fits === 0 ? '' : `${text.slice(0, fits).replace(/[\ud800-\udbff]$/, '')}…`;
}
