import type { TaskModel } from '../../../src/graph/task-model';

/** What events that are hidden together have in common. */
export const HIDING = ['label', 'process', 'source'] as const;

/** Hides all events with this label, of this process, or of this line. */
export interface HidingRule {
  readonly what: (typeof HIDING)[number];
  readonly value: string;
}

/** Returns the rule that hides an event and those like it; nothing if it has no such thing. */
export function ruleFor(
  model: TaskModel,
  event: number,
  what: HidingRule['what'],
): HidingRule | undefined {
  const value = VALUES[what](model, event);
  return value === undefined || value === '' ? undefined : { what, value };
}

/** Returns 1 for each event that is hidden; nothing if none is. */
export function hiddenBy(model: TaskModel, rules: readonly HidingRule[]): Uint8Array | undefined {
  if (rules.length === 0) return undefined;
  const hidden = new Uint8Array(model.size);
  for (const { what, value } of rules) {
    for (let i = 0; i < model.size; i++) if (VALUES[what](model, i) === value) hidden[i] = 1;
  }
  return hidden;
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
  Record<HidingRule['what'], (model: TaskModel, event: number) => string | undefined>
> = {
  label: (model, event) => model.labelOf(event),
  process: (model, event) => model.processOf(event).name,
  source: (model, event) => model.sourceOf(event),
};
