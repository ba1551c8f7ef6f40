import type { CausalGraph } from '../../../src/graph/causal-graph';
import { NONE } from '../../../src/graph/task-model';
import type { TaskModel } from '../../../src/graph/task-model';
import { closureOf } from './closure';

/** Which events are hidden together: those with a label, of a process, of a line, or all but an event's causes and effects. */
export const HIDING = ['label', 'process', 'source', 'unrelated'] as const;

/** Hides all events that have this in common. */
export interface HidingRule {
  readonly what: (typeof HIDING)[number];
  /** The label, the name of the process, the line, or the id of the event. */
  readonly value: string;
}

/** Returns the rule that hides an event and those like it, or those that it is not related to; nothing if it has no such thing. */
export function ruleFor(
  model: TaskModel,
  event: number,
  what: HidingRule['what'],
): HidingRule | undefined {
  const value = what === 'unrelated' ? model.ids[event] : VALUES[what](model, event);
  return value === undefined || value === '' ? undefined : { what, value };
}

/** Returns 1 for each event that is hidden; nothing if none is. */
export function hiddenBy(graph: CausalGraph, rules: readonly HidingRule[]): Uint8Array | undefined {
  if (rules.length === 0) return undefined;
  const { model } = graph;
  const hidden = new Uint8Array(model.size);
  for (const { what, value } of rules) {
    if (what === 'unrelated') hideUnrelated(graph, model.indexOf(value), hidden);
    else for (let i = 0; i < model.size; i++) if (VALUES[what](model, i) === value) hidden[i] = 1;
  }
  return hidden;
}

/** Returns what to call a rule: an event by its label. */
export function ruleName(model: TaskModel, { what, value }: HidingRule): string {
  if (what !== 'unrelated') return value;
  const event = model.indexOf(value);
  return `not related to ${event === NONE ? value : model.labelOf(event)}`;
}

function hideUnrelated(graph: CausalGraph, event: number, hidden: Uint8Array): void {
  if (event === NONE) return;
  closureOf(graph, [event]).forEach((isRelated, i) => {
    if (!isRelated) hidden[i] = 1;
  });
}

/** Writes rules for an address. */
export function ruleText(rules: readonly HidingRule[]): string {
  return rules.length === 0 ? '' : JSON.stringify(rules.map(({ what, value }) => [what, value]));
}

/** Reads rules of an address. What is not a rule is left out. */
export function parseRules(text: string): HidingRule[] {
  try {
    const read = JSON.parse(text || '[]') as unknown;
    if (!Array.isArray(read)) return [];
    return read.flatMap((rule: unknown) => {
      const [name, value] = Array.isArray(rule) ? (rule as unknown[]) : [];
      const what = HIDING.find((one) => one === name);
      return what && typeof value === 'string' ? [{ what, value }] : [];
    });
  } catch {
    return [];
  }
}

const VALUES: Readonly<
  Record<
    Exclude<HidingRule['what'], 'unrelated'>,
    (model: TaskModel, event: number) => string | undefined
  >
> = {
  label: (model, event) => model.labelOf(event),
  process: (model, event) => model.processOf(event).name,
  source: (model, event) => model.sourceOf(event),
};
