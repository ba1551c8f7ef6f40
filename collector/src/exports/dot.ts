import type { CausalGraph } from '../graph/causal-graph.js';
import { oneLine } from '../graph/plain-text.js';

/** Writes a graph for Graphviz, in the language DOT: a node for each event, in a cluster for each process. */
export function toDot({ model, order, parents }: CausalGraph): string {
  const lines = ['digraph task {', '  node [shape=box, fontname="sans-serif"];'];
  const inProcess = model.processes.map(() => [] as string[]);
  for (const event of order) {
    const node = `    ${idOf(event)} [label=${quoted(model.labelOf(event))}];`;
    inProcess[model.process[event]!]!.push(node);
  }
  model.processes.forEach(({ name }, process) => {
    lines.push(
      `  subgraph cluster_${process} {`,
      `    label=${quoted(name || 'unnamed process')};`,
    );
    for (const node of inProcess[process]!) lines.push(node);
    lines.push('  }');
  });
  for (const event of order) {
    for (const parent of parents.of(event)) {
      const isMessage = model.process[parent] !== model.process[event];
      lines.push(`  ${idOf(parent)} -> ${idOf(event)}${isMessage ? ' [style=dashed]' : ''};`);
    }
  }
  return `${lines.join('\n')}\n}\n`;

  function idOf(event: number): string {
    return `e${model.ids[event]}`;
  }
}

function quoted(text: string): string {
  return `"${oneLine(text).replace(/["\\]/g, '\\$&')}"`;
}
