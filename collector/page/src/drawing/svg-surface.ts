import { FONT } from './surface';
import type { Pen, Stroke, Surface, TextStyle } from './surface';

/** How wide a character is at most, as a part of the size of the text: SVG has no ellipsis of its own. */
const CHARACTER_WIDTH = 0.56;

/** Writes an SVG document. */
export class SvgSurface implements Surface {
  private readonly parts: string[] = [];
  private clips = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly ground: string,
  ) {}

  stroke({ color, width, dash }: Stroke, draw: (pen: Pen) => void): void {
    const path = pathOf(draw);
    if (path === '') return;
    const dashes = dash && dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
    this.parts.push(
      `<path fill="none" stroke="${color}" stroke-width="${width}"${dashes} d="${path}"/>`,
    );
  }

  fill(color: string, draw: (pen: Pen) => void): void {
    const path = pathOf(draw);
    if (path !== '') this.parts.push(`<path fill="${color}" d="${path}"/>`);
  }

  text(text: string, x: number, y: number, width: number, style: TextStyle): void {
    const { color, size, bold, align = 'left' } = style;
    const most = Math.floor(width / (size * CHARACTER_WIDTH));
    const line = text.replace(/\s+/g, ' ');
    const cut = line.length <= most ? line : most > 1 ? `${line.slice(0, most - 1)}…` : '';
    if (cut === '') return;
    const anchor = { left: 'start', center: 'middle', right: 'end' }[align];
    this.parts.push(
      `<text x="${round(x)}" y="${round(y)}" fill="${color}" font-size="${size}"${bold ? ' font-weight="600"' : ''}${align === 'left' ? '' : ` text-anchor="${anchor}"`}>${escape(cut)}</text>`,
    );
  }

  clip(x: number, y: number, width: number, height: number, draw: () => void): void {
    const id = `clip${this.clips++}`;
    this.parts.push(
      `<clipPath id="${id}"><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"/></clipPath><g clip-path="url(#${id})">`,
    );
    draw();
    this.parts.push('</g>');
  }

  /** Returns the document. */
  document(): string {
    const { width, height } = this;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}"><rect width="100%" height="100%" fill="${this.ground}"/>${this.parts.join('')}</svg>\n`;
  }
}

function pathOf(draw: (pen: Pen) => void): string {
  const parts: string[] = [];
  const add = (command: string, ...numbers: number[]): void => {
    parts.push(command + numbers.map(round).join(' '));
  };
  draw({
    moveTo: (x, y) => add('M', x, y),
    lineTo: (x, y) => add('L', x, y),
    bezierCurveTo: (...numbers) => add('C', ...numbers),
    rect(x, y, width, height) {
      add('M', x, y);
      add('h', width);
      add('v', height);
      add('h', -width);
      add('Z');
    },
    // Only whole circles are drawn.
    arc(x, y, radius) {
      add('M', x - radius, y);
      add('a', radius, radius, 0, 1, 0, radius * 2, 0);
      add('a', radius, radius, 0, 1, 0, -radius * 2, 0);
      add('Z');
    },
  });
  return parts.join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Characters that XML does not have are left out (XML 1.0, "Char"). */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
