import { useEffect, useRef } from 'preact/hooks';
import type { Scene, View } from '../drawing/scene';
import type { Stage } from '../drawing/stage';
import { CanvasSurface } from '../drawing/surface';

const WIDTH = 190;
const HEIGHT = 150;
/** Time for drawing in each frame, in milliseconds. */
const BUDGET_MS = 8;

/** A small picture of all of a scene, with a frame around what is in view. A click or a drag moves the view. */
export function Minimap({
  scene,
  view,
  stage,
}: {
  scene: Scene;
  view: View | undefined;
  stage: Stage | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scaleX = WIDTH / scene.width;
  const scaleY = HEIGHT / scene.height;
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, WIDTH, HEIGHT);
    if (!view) return undefined;
    const camera = { x: 0, y: 0, scaleX, scaleY };
    const work = scene.draw(new CanvasSurface(context), {
      camera,
      width: WIDTH,
      height: HEIGHT,
      theme: view.theme,
    });
    let frame = requestAnimationFrame(function go() {
      const until = performance.now() + BUDGET_MS;
      while (performance.now() < until) if (work.next().done) return;
      frame = requestAnimationFrame(go);
    });
    return () => cancelAnimationFrame(frame);
  }, [scene, view?.theme]);

  const move = (event: PointerEvent): void => {
    if (event.buttons === 0 || !view || !stage) return;
    const { camera, width, height } = view;
    stage.moveTo({
      ...camera,
      x: event.offsetX / scaleX - width / camera.scaleX / 2,
      y: event.offsetY / scaleY - height / camera.scaleY / 2,
    });
  };
  const frame = view && {
    x: view.camera.x * scaleX,
    y: view.camera.y * scaleY,
    width: (view.width / view.camera.scaleX) * scaleX,
    height: (view.height / view.camera.scaleY) * scaleY,
  };
  return (
    <div class="minimap" aria-hidden="true" onPointerDown={move} onPointerMove={move}>
      <canvas
        ref={canvas}
        width={WIDTH * devicePixelRatio}
        height={HEIGHT * devicePixelRatio}
        style={{ width: `${WIDTH}px`, height: `${HEIGHT}px` }}
      />
      <svg width={WIDTH} height={HEIGHT}>
        {frame && <rect {...frame} />}
      </svg>
    </div>
  );
}
