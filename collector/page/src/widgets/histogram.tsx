import { useRef, useState } from 'preact/hooks';
import type { TaskHistogram } from '../../../src/store/store';
import { count, dateTime } from '../model/text';

const HEIGHT = 56;

interface Props {
  readonly histogram: TaskHistogram;
  /** Chooses tasks that began in a part of the time, in microseconds since 1970. */
  readonly onRange: (from: number, to: number) => void;
}

/** Shows how many tasks began when, and lets the reader choose a part of the time. */
export function Histogram({ histogram: { from, to, counts, failed }, onRange }: Props) {
  const [brush, setBrush] = useState<[number, number] | undefined>();
  const start = useRef<number | undefined>(undefined);
  const most = Math.max(1, ...counts);
  const parts = counts.length;
  const timeAt = (part: number): number => from + ((to - from) * part) / parts;
  const partAt = (event: PointerEvent): number => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * parts;
  };
  const all = counts.reduce((sum, one) => sum + one, 0);
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 ${parts} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${count(all, 'task')} from ${dateTime(from)} to ${dateTime(to)}`}
        onPointerDown={(event) => {
          (event.currentTarget as Element).setPointerCapture(event.pointerId);
          start.current = partAt(event);
        }}
        onPointerMove={(event) => {
          if (start.current === undefined) return;
          const at = partAt(event);
          setBrush([Math.min(start.current, at), Math.max(start.current, at)]);
        }}
        onPointerCancel={() => {
          start.current = undefined;
          setBrush(undefined);
        }}
        onPointerUp={() => {
          start.current = undefined;
          setBrush(undefined);
          if (brush && brush[1] - brush[0] > 0.2) onRange(timeAt(brush[0]), timeAt(brush[1]));
        }}
      >
        {counts.map((tasks, i) => {
          const height = tasks === 0 ? 0 : Math.max(2, (tasks / most) * (HEIGHT - 4));
          const failing = tasks === 0 ? 0 : ((failed[i] ?? 0) / tasks) * height;
          return (
            <g key={i}>
              <rect class="all" x={i + 0.1} width="0.8" y={HEIGHT - height} height={height} />
              <rect class="failed" x={i + 0.1} width="0.8" y={HEIGHT - failing} height={failing} />
            </g>
          );
        })}
        {brush && (
          <rect class="brush" x={brush[0]} width={brush[1] - brush[0]} y="0" height={HEIGHT} />
        )}
      </svg>
      <figcaption>
        <span>{dateTime(from)}</span>
        <span>Drag to select a time range</span>
        <span>{dateTime(to)}</span>
      </figcaption>
    </figure>
  );
}
