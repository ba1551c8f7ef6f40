import type { Camera, Scene, View } from './scene';
import { CanvasSurface } from './surface';

/** How much more than the view a layer has on each side, as a part of the view, so that it can be moved at once. */
const MARGIN = 0.3;
/** A picture that is stretched by more is drawn again, also while the reader moves. */
const MOST_STRETCH = 1.6;

/** A picture of a part of a scene that is kept, and moved and stretched until it is drawn again. */
export class Layer {
  private shown: Drawn | undefined;
  private next: Drawn | undefined;
  private work: Generator<void, void> | undefined;

  /** True if there is more to draw. */
  get isDrawing(): boolean {
    return this.work !== undefined;
  }

  /** Begins to draw what this view shows. What was drawn before stays until it is done. */
  begin(scene: Scene, view: View, ratio: number, lit?: Uint8Array): void {
    const { camera, width, height, theme } = view;
    const [marginX, marginY] = [Math.round(width * MARGIN), Math.round(height * MARGIN)];
    const wide: View = {
      camera: {
        ...camera,
        x: camera.x - marginX / camera.scaleX,
        y: camera.y - marginY / camera.scaleY,
      },
      width: width + 2 * marginX,
      height: height + 2 * marginY,
      theme,
    };
    // The canvas that was shown before the last one is used again.
    const canvas = this.next?.canvas ?? document.createElement('canvas');
    canvas.width = wide.width * ratio;
    canvas.height = wide.height * ratio;
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    this.next = { canvas, view: wide, scene };
    this.work = scene.draw(new CanvasSurface(context), wide, lit);
  }

  /** Draws for at most so many milliseconds. Returns true when it is done. */
  go(ms: number): boolean {
    if (this.work === undefined) return true;
    const until = performance.now() + ms;
    do {
      if (!this.work.next().done) continue;
      this.work = undefined;
      [this.shown, this.next] = [this.next, this.shown];
      return true;
    } while (performance.now() < until);
    return false;
  }

  clear(): void {
    this.shown = undefined;
    this.work = undefined;
  }

  /** Returns true if all of a view of a scene is in what was drawn, at the same scale. */
  covers(scene: Scene, { camera, width, height, theme }: View): boolean {
    const known = this.shown?.view;
    if (!known || this.shown?.scene !== scene || known.theme !== theme) return false;
    if (!isSameScale(known.camera, camera)) return false;
    const left = (camera.x - known.camera.x) * camera.scaleX;
    const top = (camera.y - known.camera.y) * camera.scaleY;
    return left >= 0 && top >= 0 && left + width <= known.width && top + height <= known.height;
  }

  /** Returns true if what was drawn is good enough for a view while the reader moves: stretched a little, and all of it. */
  serves(scene: Scene, { camera, width, height, theme }: View): boolean {
    const known = this.shown?.view;
    if (!known || this.shown?.scene !== scene || known.theme !== theme) return false;
    const [stretchX, stretchY] = [
      camera.scaleX / known.camera.scaleX,
      camera.scaleY / known.camera.scaleY,
    ];
    const isSharp = [stretchX, stretchY].every(
      (one) => one > 1 / MOST_STRETCH && one < MOST_STRETCH,
    );
    const left = (known.camera.x - camera.x) * camera.scaleX;
    const top = (known.camera.y - camera.y) * camera.scaleY;
    const [right, bottom] = [left + known.width * stretchX, top + known.height * stretchY];
    return isSharp && left <= 0 && top <= 0 && right >= width && bottom >= height;
  }

  /** Puts the picture where it is in a view. */
  paint(context: CanvasRenderingContext2D, { camera, theme }: View, alpha: number): void {
    const known = this.shown;
    if (!known || known.view.theme !== theme) return;
    const [stretchX, stretchY] = [
      camera.scaleX / known.view.camera.scaleX,
      camera.scaleY / known.view.camera.scaleY,
    ];
    context.globalAlpha = alpha;
    context.drawImage(
      known.canvas,
      (known.view.camera.x - camera.x) * camera.scaleX,
      (known.view.camera.y - camera.y) * camera.scaleY,
      known.view.width * stretchX,
      known.view.height * stretchY,
    );
    context.globalAlpha = 1;
  }
}

interface Drawn {
  readonly canvas: HTMLCanvasElement;
  readonly view: View;
  readonly scene: Scene;
}

function isSameScale(a: Camera, b: Camera): boolean {
  return a.scaleX === b.scaleX && a.scaleY === b.scaleY;
}
