import type { CausalGraph } from '../../../src/graph/causal-order';
import type { Layout, PlacedEdge, PlacedNode } from '../../../src/graph/layout';
import { truncate } from '../model/text';

const ROW = 52;
const HEAD = 64;
const MARGIN = 28;
/** Column width with room for labels, used while there are few columns. */
const WIDE = 272;
const NARROW = 44;

interface Props {
  readonly graph: CausalGraph;
  readonly layout: Layout;
  readonly active: string | undefined;
  readonly onPoint: (eventId: string | undefined) => void;
  readonly onFocus: (eventId: string | undefined) => void;
  readonly onSelect: (eventId: string) => void;
}

/** Draws the causal graph: a band for each process, causes above effects. */
export function CausalGraphView({ graph, layout, active, onPoint, onFocus, onSelect }: Props) {
  const column = layout.columns <= 8 ? WIDE : NARROW;
  const x = ({ column: at }: { column: number }): number => MARGIN + at * column;
  const y = ({ row }: { row: number }): number => HEAD + MARGIN + row * ROW;
  const isNear = isNearActive(graph, active);

  const keys = (event: KeyboardEvent, index: number): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const activates = event.key === 'Enter' || event.key === ' ';
    if (step === undefined && !activates) return;
    // Arrow keys and Space would also scroll.
    event.preventDefault();
    if (activates) onSelect(layout.nodes[index]!.event.eventId);
    if (step === undefined) return;
    const next = layout.nodes[index + step]?.event.eventId;
    document.querySelector<SVGElement>(`[data-event="${next}"]`)?.focus();
  };

  return (
    <div class="graph">
      <svg
        width={layout.columns * column + MARGIN}
        height={HEAD + layout.rows * ROW + MARGIN}
        role="group"
        aria-label="Causal graph"
      >
        {layout.lanes.map((lane, i) => (
          <g key={lane.key} class={`lane lane-${i % 4}`}>
            <rect
              x={x({ column: lane.firstColumn }) - MARGIN + 4}
              width={lane.columns * column - 8}
              y="0"
              height="100%"
              rx="8"
            />
            <text x={x({ column: lane.firstColumn }) - 10} y="26">
              {truncate(lane.name || 'unnamed process', Math.floor((lane.columns * column) / 8.2))}
              <title>{lane.name}</title>
            </text>
            <text class="minor" x={x({ column: lane.firstColumn }) - 10} y="44">
              {[lane.host, lane.processId]
                .filter((part) => part !== undefined && part !== '')
                .join(' · ')}
            </text>
          </g>
        ))}
        {layout.edges.map((edge) => (
          <path
            key={`${edge.from.event.eventId} ${edge.to.event.eventId}`}
            class={`edge ${edge.kind} ${isNear(edge.from) && isNear(edge.to) ? 'near' : ''}`}
            d={curve(edge)}
          />
        ))}
        {layout.nodes.map((node, i) => (
          <g
            key={node.event.eventId}
            class={`node ${isNear(node) ? 'near' : ''} ${node.event.eventId === active ? 'active' : ''}`}
            transform={`translate(${x(node)} ${y(node)})`}
            data-event={node.event.eventId}
            tabIndex={0}
            role="button"
            aria-label={node.event.label}
            onMouseEnter={() => onPoint(node.event.eventId)}
            onMouseLeave={() => onPoint(undefined)}
            onFocus={() => onFocus(node.event.eventId)}
            onBlur={() => onFocus(undefined)}
            onClick={() => onSelect(node.event.eventId)}
            onKeyDown={(event) => keys(event, i)}
          >
            <rect class="target" x="-14" y="-20" width={column - 10} height="40" rx="6" />
            {graph.parents(node.event).length === 0 ? (
              <rect x="-7" y="-7" width="14" height="14" rx="3" transform="rotate(45)" />
            ) : (
              <circle r="7" />
            )}
            {column === WIDE && (
              <text x="16" y="5">
                {truncate(node.event.label, 29)}
              </text>
            )}
          </g>
        ))}
      </svg>
    </div>
  );

  function curve({ from, to }: PlacedEdge): string {
    const [x1, y1, x2, y2] = [x(from), y(from), x(to), y(to)];
    if (x1 === x2) return `M${x1} ${y1}V${y2}`;
    const middle = (y1 + y2) / 2;
    return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
  }
}

/** Returns a predicate for the active event, its parents and its children. */
function isNearActive(
  graph: CausalGraph,
  active: string | undefined,
): (node: PlacedNode) => boolean {
  const event = active === undefined ? undefined : graph.byId.get(active);
  if (event === undefined) return () => false;
  const near = new Set([event, ...graph.parents(event), ...graph.children(event)]);
  return (node) => near.has(node.event);
}
