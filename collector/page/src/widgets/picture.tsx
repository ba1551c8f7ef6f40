import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Marks, Scene, View } from '../drawing/scene';
import { Stage } from '../drawing/stage';
import type { StageHandlers } from '../drawing/stage';

interface Props {
  readonly label: string;
  readonly scene: Scene | undefined;
  readonly marks: Marks;
  readonly lit: Uint8Array | undefined;
  readonly handlers: StageHandlers;
  /** Gives the stage away, so that buttons can move it. */
  readonly onStage: (stage: Stage | undefined) => void;
}

/** A picture that the reader can move, stretch, and choose events in. */
export function Picture({ label, scene, marks, lit, handlers, onStage }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useRef<Stage | undefined>(undefined);
  // The stage lives as long as the canvas, and calls the handlers of the latest render.
  const latest = useRef(handlers);
  latest.current = handlers;
  useLayoutEffect(() => {
    const made = new Stage(canvas.current!, {
      onHover: (event) => latest.current.onHover(event),
      onSelect: (event, isExtending) => latest.current.onSelect(event, isExtending),
      onMenu: (event, x, y) => latest.current.onMenu(event, x, y),
      onOpen: (event) => latest.current.onOpen(event),
      onView: (view: View) => latest.current.onView(view),
    });
    stage.current = made;
    onStage(made);
    return () => {
      onStage(undefined);
      made.end();
    };
  }, []);
  useLayoutEffect(() => {
    if (scene) stage.current?.show(scene);
  }, [scene]);
  useLayoutEffect(() => stage.current?.setLit(lit), [lit]);
  useLayoutEffect(() => {
    stage.current?.setMarks(marks);
  }, [marks.selected, marks.hovered, marks.found]);
  return (
    <canvas
      ref={canvas}
      class="picture"
      tabIndex={0}
      role="application"
      aria-label={label}
      aria-describedby="keys"
    />
  );
}
