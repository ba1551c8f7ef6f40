import type { TaskModel } from '../../../src/graph/task-model';
import { parseTerms } from '../../../src/search/terms';
import type { Operator, Term } from '../../../src/search/terms';

/** The fields of every event that can be searched, beside those that it was logged with. */
export const EVENT_FIELDS = ['label', 'process', 'source', 'tag', 'error'] as const;

type Test = (event: number) => boolean;

/**
 * Returns 1 for each event that a search finds; nothing for an empty search. A word is looked for in labels, sources and values;
 * `http.route=/carts`, `label~select` and the like in one field; `error` finds failed events.
 */
export function searchEvents(model: TaskModel, text: string): Uint8Array | undefined {
  const tests = parseTerms(text).map((term) => testOf(model, term));
  if (tests.length === 0) return undefined;
  const found = new Uint8Array(model.size);
  for (let i = 0; i < model.size; i++) if (tests.every((test) => test(i))) found[i] = 1;
  return found;
}

function testOf(model: TaskModel, { negated, field, value }: Term): Test {
  const test = field === undefined ? wordTest(model, value) : fieldTest(model, field, value);
  return negated ? (i) => !test(i) : test;
}

function wordTest(model: TaskModel, word: string): Test {
  if (/^errors?$/.test(word)) return (i) => model.hasError(i);
  const lower = word.toLowerCase();
  return model.having((text) => text.toLowerCase().includes(lower));
}

function fieldTest(
  model: TaskModel,
  { name, operator }: { name: string; operator: Operator },
  value: string,
): Test {
  const compare = COMPARED[operator];
  const read = Object.hasOwn(READ, name) ? READ[name]! : (i: number) => [model.fieldOf(i, name)];
  // "Not equal" is true if no value is equal.
  if (operator === '!=')
    return (i) => read(i, model).every((found) => found === undefined || compare(found, value));
  return (i) => read(i, model).some((found) => found !== undefined && compare(found, value));
}

const READ: Readonly<
  Record<string, (i: number, model: TaskModel) => readonly (string | undefined)[]>
> = {
  label: (i, model) => [model.labelOf(i)],
  process: (i, model) => [model.processOf(i).name],
  source: (i, model) => [model.sourceOf(i)],
  tag: (i, model) => model.tagsOf(i),
  error: (i, model) => [model.fieldOf(i, 'error.type')],
};

const COMPARED: Readonly<Record<Operator, (found: string, value: string) => boolean>> = {
  '=': (found, value) => found.toLowerCase() === value.toLowerCase(),
  '!=': (found, value) => found.toLowerCase() !== value.toLowerCase(),
  '~': (found, value) => found.toLowerCase().includes(value.toLowerCase()),
  '>': (found, value) => Number(found) > Number(value),
  '>=': (found, value) => Number(found) >= Number(value),
  '<': (found, value) => Number(found) < Number(value),
  '<=': (found, value) => Number(found) <= Number(value),
};
