import { useMemo, useState } from 'preact/hooks';
import { NONE } from '../../../src/graph/task-model';
import type { NodeStatus } from '../drawing/graph-nodes';
import { GraphScene } from '../drawing/graph-scene';
import type { Stage } from '../drawing/stage';
import { align } from '../model/alignment';
import { layOut } from '../model/graph-layout';
import type { OpenTask } from '../model/open-task';
import { count, duration } from '../model/text';
import { viewGraph } from '../model/view-graph';
import { Picture } from '../widgets/picture';

/** An event is slower if its operation took so much longer, as a part and in microseconds. */
const SLOWER = { times: 1.5, atLeast: 1000 } as const;

/** Shows the graphs of two tasks beside each other, with what was added, removed and slower. */
export function ComparedGraphs({ first, second }: { first: OpenTask; second: OpenTask }) {
  const scenes = useMemo(() => {
    const aligned = align(first, second);
    const statusIn =
      (task: OpenTask, other: OpenTask, matches: Int32Array, missing: NodeStatus) =>
      (event: number): NodeStatus => {
        const match = matches[event]!;
        if (match === NONE) return missing;
        const [mine, its] = [lengthOf(task, event), lengthOf(other, match)];
        return mine - its > SLOWER.atLeast && mine > its * SLOWER.times ? 'slower' : undefined;
      };
    const shown = (title: string, task: OpenTask, statusOf: StatusOf) => {
      const layout = layOut(viewGraph(task.graph, { operations: true }));
      return [title, task, new GraphScene(task, layout, statusOf), statusOf] as const;
    };
    return [
      shown('Before', first, statusIn(first, second, aligned.first, 'removed')),
      shown('After', second, statusIn(second, first, aligned.second, 'added')),
    ];
  }, [first, second]);
  return (
    <>
      <p class="minor">− only before, + only after, ▲ slower than in the other one</p>
      <div class="both">
        {scenes.map(([title, task, scene, statusOf]) => (
          <section key={title}>
            <ComparedGraph {...{ title, task, scene, statusOf }} />
          </section>
        ))}
      </div>
    </>
  );
}

type StatusOf = (event: number) => NodeStatus;

/** The graph of one of the tasks, with buttons that lead from one difference to the next. */
function ComparedGraph(props: {
  title: string;
  task: OpenTask;
  scene: GraphScene;
  statusOf: StatusOf;
}) {
  const { title, task, scene, statusOf } = props;
  const [hovered, setHovered] = useState(NONE);
  const [selected, setSelected] = useState(NONE);
  const [stage, setStage] = useState<Stage>();
  const { model, order } = task.graph;
  const different = useMemo(
    () => Array.from(order).filter((event) => statusOf(event) !== undefined),
    [task, statusOf],
  );
  const choose = (event: number): void => {
    setSelected(event);
    stage?.reveal(event);
  };
  const step = (by: 1 | -1): void => {
    const at = different.indexOf(selected);
    const from = at < 0 && by < 0 ? 0 : at;
    choose(different[(from + by + different.length) % different.length]!);
  };
  const shown = hovered !== NONE ? hovered : selected;
  return (
    <>
      <div class="compared-head">
        <h2>{title}</h2>
        <span class="minor">{count(different.length, 'difference')}</span>
        {different.length > 0 && (
          <>
            <button
              class="button"
              aria-label={`Previous difference ${title.toLowerCase()}`}
              onClick={() => step(-1)}
            >
              ↑
            </button>
            <button
              class="button"
              aria-label={`Next difference ${title.toLowerCase()}`}
              onClick={() => step(1)}
            >
              ↓
            </button>
          </>
        )}
        <button class="button" onClick={() => stage?.fit()}>
          Fit
        </button>
        <span class="compared-event">
          {shown !== NONE &&
            `${model.labelOf(shown)}, +${duration(task.time[shown]! - task.start)}`}
        </span>
      </div>
      <Picture
        {...{ label: `Causal graph ${title.toLowerCase()}`, scene, lit: undefined }}
        marks={{ hovered, selected }}
        handlers={{ onHover: setHovered, onSelect: choose, onMenu() {}, onOpen() {}, onView() {} }}
        onStage={setStage}
      />
    </>
  );
}

function lengthOf({ graph: { model }, time }: OpenTask, event: number): number {
  const partner = model.partner[event]!;
  return partner === NONE ? 0 : Math.abs(time[partner]! - time[event]!);
}
