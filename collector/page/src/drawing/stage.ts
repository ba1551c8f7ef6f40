import { NONE } from '../../../src/graph/task-model';
import { Layer } from './layer';
import type { Camera, Direction, Marks, Scene, View } from './scene';
import { CanvasSurface } from './surface';
import { onThemeChange, readTheme } from './theme';

/** What the reader does in a picture. */
export interface StageHandlers {
  /** `event` is `NONE` where there is none. */
  onHover(event: number): void;
  /** With `isExtending`, what was chosen before stays, too. */
  onSelect(event: number, isExtending: boolean): void;
  /** Asks for what can be done with an event. The place is in the picture. */
  onMenu(event: number, x: number, y: number): void;
  onOpen(event: number): void;
  /** What is in view has changed. */
  onView(view: View): void;
}

/** Time for drawing in each frame, in milliseconds: while the reader moves the picture, and otherwise. */
const BUDGET = { moving: 9, still: 60 } as const;
/** Time without a movement after which the reader is not moving the picture any more, in milliseconds. */
const STILL_AFTER = 120;
/** Opacity of events that are not lit. */
const DIMMED = 0.25;
const CLICK_REACH = 4;
const HEAD_GAP = 8;
const KEY_STEP = 80;
const KEY_ZOOM = 1.25;
const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};
/** Keys that zoom and move, as in other tools for traces. */
const MOVES: Readonly<Record<string, readonly [zoom: number, x: number, y: number]>> = {
  w: [KEY_ZOOM, 0, 0],
  '+': [KEY_ZOOM, 0, 0],
  '=': [KEY_ZOOM, 0, 0],
  s: [1 / KEY_ZOOM, 0, 0],
  '-': [1 / KEY_ZOOM, 0, 0],
  a: [1, -KEY_STEP, 0],
  d: [1, KEY_STEP, 0],
  PageUp: [1, 0, -5 * KEY_STEP],
  PageDown: [1, 0, 5 * KEY_STEP],
};

/** Shows a scene on a canvas, and lets the reader move through it. */
export class Stage {
  private scene: Scene | undefined;
  private camera: Camera = { x: 0, y: 0, scaleX: 1, scaleY: 1 };
  private marks: Marks = { selected: NONE, hovered: NONE };
  private lit: Uint8Array | undefined;
  private readonly base = new Layer();
  private readonly bright = new Layer();
  private theme = readTheme();
  private width = 0;
  private height = 0;
  private hasMoved = false;
  private movedAt = -Infinity;
  private frame = 0;
  private isSettled = false;
  private readonly context: CanvasRenderingContext2D;
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly handlers: StageHandlers,
  ) {
    this.context = canvas.getContext('2d')!;
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(canvas);
    this.ends.push(
      () => observer.disconnect(),
      onThemeChange(() => {
        this.theme = readTheme();
        this.changed();
      }),
    );
    this.listen();
    this.resize();
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    for (const end of this.ends) end();
  }

  /** Shows a scene. One that has grown keeps its place, unless the reader has not moved yet. */
  show(scene: Scene): void {
    const before = this.scene;
    this.scene = scene;
    if (before === undefined || !this.hasMoved) {
      if (this.width > 0) this.camera = scene.home(this.width, this.height);
    } else this.keepPlace(before, scene);
    // What was drawn of the scene before stays until this one is drawn.
    this.bright.clear();
    this.changed();
  }

  setMarks(marks: Marks): void {
    this.marks = marks;
    this.changed();
  }

  /** Makes all but these events faint. */
  setLit(lit: Uint8Array | undefined): void {
    if (lit === this.lit) return;
    this.lit = lit;
    this.bright.clear();
    this.changed();
  }

  get view(): View {
    const { camera, width, height, theme } = this;
    return { camera, width, height, theme };
  }

  /** Brings an event into the middle, unless it is in view. */
  reveal(event: number): void {
    const place = event === NONE ? undefined : this.scene?.placeOf(event);
    if (!place || !this.scene) return;
    const { scaleX, scaleY } = this.camera;
    const x = (place.x - this.camera.x) * scaleX;
    const y = (place.y - this.camera.y) * scaleY;
    const isIn = x > 0 && x < this.width - 20 && y > this.scene.top && y < this.height - 10;
    if (isIn) return;
    this.moveTo({
      ...this.camera,
      x: x > 0 && x < this.width - 20 ? this.camera.x : place.x - this.width / 2 / scaleX,
      y: place.y - this.height / 2 / scaleY,
    });
  }

  goHome(): void {
    if (!this.scene) return;
    this.moveTo(this.scene.home(this.width, this.height));
    this.hasMoved = false;
  }

  /** Shows all of the scene. */
  fit(): void {
    if (this.scene) this.moveTo(this.scene.fit(this.width, this.height));
  }

  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const { scene, camera } = this;
    if (!scene) return;
    const least = scene.fit(this.width, this.height);
    const limit = (scale: number, from: number): number =>
      Math.min(scene.maxScale, Math.max(Math.min(from, scale), scale * factor));
    const scaleX = limit(camera.scaleX, least.scaleX);
    const scaleY = scene.isTime ? 1 : limit(camera.scaleY, least.scaleY);
    this.moveTo({
      x: camera.x + x / camera.scaleX - x / scaleX,
      y: camera.y + y / camera.scaleY - y / scaleY,
      scaleX,
      scaleY,
    });
  }

  moveTo(camera: Camera): void {
    const { scene } = this;
    if (!scene) return;
    // What fits stays in view, and the rest may be moved a little further than its end.
    const clamp = (at: number, size: number, seen: number, first: number): number =>
      size <= seen
        ? Math.min(Math.max(at, Math.min(size - seen, first)), 0)
        : Math.min(Math.max(at, -seen / 4), size - seen * 0.75);
    // The head has its height whatever the scale, and nothing begins under it.
    const below = (scene.top + HEAD_GAP) * (1 - 1 / camera.scaleY);
    this.camera = {
      ...camera,
      x: clamp(camera.x, scene.width, this.width / camera.scaleX, 0),
      y: clamp(camera.y, scene.height, this.height / camera.scaleY, below),
    };
    this.hasMoved = true;
    this.movedAt = performance.now();
    this.changed();
  }

  /** Moves the camera so that what was in view is where it was. */
  private keepPlace(before: Scene, after: Scene): void {
    const anchor = this.anchorIn(before);
    const [from, to] = [before.placeOf(anchor), after.placeOf(anchor)];
    if (!from || !to) return;
    const { camera } = this;
    this.camera = { ...camera, x: camera.x + to.x - from.x, y: camera.y + to.y - from.y };
  }

  private anchorIn(scene: Scene): number {
    if (this.marks.selected !== NONE) return this.marks.selected;
    const parts = [1, 0, 2, 3, 4];
    for (const y of parts) {
      for (const x of parts) {
        const event = scene.eventAt((x / 4) * this.width, (y / 4) * this.height, this.view);
        if (event !== NONE) return event;
      }
    }
    return 0;
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = clientWidth * devicePixelRatio;
    this.canvas.height = clientHeight * devicePixelRatio;
    if (this.scene && !this.hasMoved) this.camera = this.scene.home(this.width, this.height);
    this.changed();
    this.paint();
  }

  private changed(): void {
    this.isSettled = false;
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.update();
    });
  }

  /** Draws what is missing, for a while, and shows what there is. */
  private update(): void {
    const { scene, view, lit } = this;
    if (!scene || this.width === 0) return;
    const isMoving = performance.now() - this.movedAt < STILL_AFTER;
    const budget = isMoving ? BUDGET.moving : BUDGET.still;
    const started = performance.now();
    const layers = lit ? [this.bright, this.base] : [this.base];
    for (const layer of layers) {
      const isGood = isMoving ? layer.serves(scene, view) : layer.covers(scene, view);
      if (!isGood && !layer.isDrawing) {
        layer.begin(scene, view, devicePixelRatio, layer === this.bright ? lit : undefined);
      }
      layer.go(Math.max(1, budget - (performance.now() - started)));
    }
    this.paint();
    this.handlers.onView(view);
    if (layers.some((layer) => layer.isDrawing || !layer.covers(scene, view)))
      return this.changed();
    if (this.isSettled) return;
    this.isSettled = true;
    performance.mark('throughline:drawn');
  }

  private paint(): void {
    const { context, scene, view, lit } = this;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.fillStyle = this.theme.ground;
    context.fillRect(0, 0, this.width, this.height);
    this.base.paint(context, view, lit ? DIMMED : 1);
    if (lit) this.bright.paint(context, view, 1);
    scene?.drawOver(new CanvasSurface(context), view, this.marks);
  }

  private listen(): void {
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      listener: (event: HTMLElementEventMap[K]) => void,
      options?: AddEventListenerOptions,
    ): void => {
      this.canvas.addEventListener(name, listener, options);
      this.ends.push(() => this.canvas.removeEventListener(name, listener));
    };
    let down: { x: number; y: number; camera: Camera; isDrag: boolean } | undefined;
    on('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      down = { x: event.offsetX, y: event.offsetY, camera: this.camera, isDrag: false };
    });
    on('pointermove', (event) => {
      if (!down) return this.handlers.onHover(this.eventAt(event.offsetX, event.offsetY));
      const [dx, dy] = [event.offsetX - down.x, event.offsetY - down.y];
      down.isDrag ||= Math.hypot(dx, dy) > CLICK_REACH;
      if (!down.isDrag) return;
      const { camera } = down;
      this.moveTo({
        ...camera,
        x: camera.x - dx / camera.scaleX,
        y: camera.y - dy / camera.scaleY,
      });
    });
    on('pointerup', (event) => {
      const isClick = down?.isDrag === false;
      down = undefined;
      if (!isClick) return;
      const at = this.eventAt(event.offsetX, event.offsetY);
      this.handlers.onSelect(at, event.ctrlKey || event.metaKey || event.shiftKey);
    });
    on('pointercancel', () => (down = undefined));
    on('pointerleave', () => this.handlers.onHover(NONE));
    on('dblclick', (event) => this.handlers.onOpen(this.eventAt(event.offsetX, event.offsetY)));
    on('contextmenu', (event) => {
      const at = this.eventAt(event.offsetX, event.offsetY);
      if (at === NONE) return;
      event.preventDefault();
      this.handlers.onMenu(at, event.offsetX, event.offsetY);
    });
    on('wheel', (event) => this.wheel(event), { passive: false });
    on('keydown', (event) => this.key(event));
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    // A line is what Firefox counts in.
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) {
      return this.zoom(Math.exp(-dy * 0.004), event.offsetX, event.offsetY);
    }
    const { camera } = this;
    const [x, y] = event.shiftKey && dx === 0 ? [dy, 0] : [dx, dy];
    this.moveTo({ ...camera, x: camera.x + x / camera.scaleX, y: camera.y + y / camera.scaleY });
  }

  /** Does what a key says, if it says something. */
  key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { scene, camera } = this;
    const direction = DIRECTIONS[event.key];
    const move = MOVES[event.key];
    const { selected } = this.marks;
    if (!scene) return;
    if (direction !== undefined) {
      const next = selected === NONE ? 0 : scene.neighbour(selected, direction);
      if (next !== NONE) this.handlers.onSelect(next, false);
    } else if (move !== undefined) {
      const [zoom, x, y] = move;
      if (zoom !== 1) this.zoom(zoom);
      else
        this.moveTo({
          ...camera,
          x: camera.x + x / camera.scaleX,
          y: camera.y + y / camera.scaleY,
        });
    } else if (event.key === '0' || event.key === 'Home') this.goHome();
    else if (event.key === 'f') this.fit();
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
      this.openMenu();
    else if (event.key === 'Enter' && selected !== NONE) this.handlers.onOpen(selected);
    else if (event.key === 'Escape') this.handlers.onSelect(NONE, false);
    else return;
    event.preventDefault();
  }

  /** Asks for what can be done with the event that is selected, beside it. */
  private openMenu(): void {
    const { selected } = this.marks;
    const place = selected === NONE ? undefined : this.scene?.placeOf(selected);
    if (!place) return;
    const { x, y, scaleX, scaleY } = this.camera;
    this.handlers.onMenu(selected, (place.x - x) * scaleX + 12, (place.y - y) * scaleY);
  }

  private eventAt(x: number, y: number): number {
    return this.scene?.eventAt(x, y, this.view) ?? NONE;
  }
}
