import { useEffect, useRef, useState } from 'preact/hooks';
import type { View } from '../drawing/scene';
import type { Stage } from '../drawing/stage';
import { readTheme } from '../drawing/theme';
import type { Timeline } from '../model/timeline';
import type { TimeRange } from '../state/task-state';

const HEIGHT = 54;
const MARGIN = 16;

interface Props {
  readonly timeline: Timeline;
  readonly view: View | undefined;
  readonly stage: Stage | undefined;
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange | undefined) => void;
}

/** Shows how many operations ran at once, over the whole time, and lets the reader choose a part of it. */
export function Overview({ timeline, view, stage, range, onRange }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [brush, setBrush] = useState<TimeRange | undefined>();
  const start = useRef<number | undefined>(undefined);
  const width = view?.width ?? 0;
  const scale = (width - 2 * MARGIN) / Math.max(1, timeline.duration);
  useEffect(() => {
    if (width > 0) drawParallel(canvas.current!, timeline, width, scale);
  }, [timeline, width, view?.theme]);

  const timeAt = (event: PointerEvent): number =>
    Math.min(timeline.duration, Math.max(0, (event.offsetX - MARGIN) / scale));
  const xOf = (time: number): number => MARGIN + time * scale;
  const most = timeline.parallel.running.reduce((a, b) => Math.max(a, b), 0);
  const seen = view && { from: view.camera.x, to: view.camera.x + view.width / view.camera.scaleX };
  const marked = brush ?? range ?? seen;
  const windowOf = ({ from, to }: TimeRange): { left: string; width: string } => {
    const left = Math.max(0, xOf(from));
    const right = Math.min(width, xOf(to));
    return { left: `${left}px`, width: `${Math.max(3, right - left)}px` };
  };
  return (
    <div
      class="overview"
      role="img"
      aria-label={`Operations that ran at once: at most ${most}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = timeAt(event);
      }}
      onPointerMove={(event) => {
        if (start.current === undefined) return;
        const at = timeAt(event);
        setBrush({ from: Math.min(start.current, at), to: Math.max(start.current, at) });
      }}
      onPointerCancel={() => {
        start.current = undefined;
        setBrush(undefined);
      }}
      onPointerUp={() => {
        start.current = undefined;
        setBrush(undefined);
        const isWide = brush && (brush.to - brush.from) * scale > 3;
        onRange(isWide ? brush : undefined);
        if (!isWide || !view) stage?.goHome();
        else {
          const scaleX = (view.width - 2 * MARGIN) / (brush.to - brush.from);
          stage?.moveTo({ ...view.camera, scaleX, x: brush.from - MARGIN / scaleX });
        }
      }}
    >
      <canvas ref={canvas} style={{ height: `${HEIGHT}px` }} />
      <span class="overview-label">{most > 0 ? `max ${most} concurrent` : 'no operations'}</span>
      {marked && width > 0 && (
        <span class={brush ? 'window brush' : 'window'} style={windowOf(marked)} />
      )}
    </div>
  );
}

/** Draws the most that ran at once in each pixel, with a line at 1. */
function drawParallel(
  canvas: HTMLCanvasElement,
  { parallel: { at, running } }: Timeline,
  width: number,
  scale: number,
): void {
  canvas.width = width * devicePixelRatio;
  canvas.height = HEIGHT * devicePixelRatio;
  canvas.style.width = `${width}px`;
  const context = canvas.getContext('2d')!;
  context.scale(devicePixelRatio, devicePixelRatio);
  const theme = readTheme();
  const most = running.reduce((a, b) => Math.max(a, b), 1);
  const heightOf = (count: number): number => (count / most) * (HEIGHT - 8);
  context.fillStyle = theme.lanes[0]!.line;
  let i = 0;
  let now = 0;
  for (let x = MARGIN; x < width - MARGIN; x++) {
    const end = (x + 1 - MARGIN) / scale;
    let peak = now;
    for (; i < at.length && at[i]! < end; i++) peak = Math.max(peak, (now = running[i]!));
    const height = heightOf(peak);
    if (height > 0) context.fillRect(x, HEIGHT - height, 1, height);
  }
  context.strokeStyle = theme.minor;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(MARGIN, HEIGHT - heightOf(1));
  context.lineTo(width - MARGIN, HEIGHT - heightOf(1));
  context.stroke();
}
