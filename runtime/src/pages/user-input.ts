import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { triggers } from '../listeners/triggers.js';
import { beginOperation, endOperation } from '../operations/operation-events.js';
import { client } from '../xtrace/log.js';

/** What a person does, as the DOM calls it. */
const INPUTS: ReadonlySet<string> = new Set([
  ...['auxclick', 'change', 'click', 'contextmenu', 'dblclick', 'drop', 'input', 'keydown'],
  ...['keyup', 'paste', 'pointerdown', 'pointerup', 'reset', 'submit', 'touchend', 'touchstart'],
]);

/** Where a page was when the person did something, by what is told of it. */
const began = new WeakMap<Event, Frame>();
// Read once: the program's own end of a timer is not ours.
const { setTimeout } = globalThis;

/**
 * Makes what a person does an operation, once a listener of the program hears of it: a task of its own, with a link to the page's. The
 * listener's work comes after its begin; it ends when all listeners have returned.
 */
export function watchUserInput(): void {
  const page = currentFrame();
  const { of } = triggers;
  triggers.of = (event) => {
    const known = of(event);
    if (known !== undefined || !isInput(event)) return known;
    const frame = began.get(event) ?? runIn(branch(page), () => begin(event), undefined, []);
    began.set(event, frame);
    return frame;
  };
}

function isInput(event: object): event is Event {
  return event instanceof Event && event.isTrusted && INPUTS.has(event.type);
}

function begin({ type, target }: Event): Frame {
  const { taskId, latest } = client.currentTrace();
  client.startTask();
  const notes = latest.map(({ id }) => `link ${taskId}/${id}`);
  setLocal(client.traceSlot, { ...client.currentTrace(), notes });
  const element = target instanceof Element ? nameOf(target) : 'document';
  const begun = beginOperation(`${type} ${element}`, 'internal', {
    'url.path': location.pathname,
    'app.widget.id': target instanceof Element ? target.id || undefined : undefined,
  });
  setLocal(client.traceSlot, begun.trace);
  const frame = currentFrame();
  setTimeout(() => {
    runIn(branch(frame), () => endOperation(begun, { status: 'ok' }), undefined, []);
  });
  return frame;
}

/** Returns how an element is known to its developers. Its text, and what was typed, may be a secret. */
function nameOf(element: Element): string {
  const tag = element.localName;
  if (element.id !== '') return `${tag}#${element.id}`;
  for (const attribute of ['data-testid', 'name']) {
    const value = element.getAttribute(attribute);
    if (value) return `${tag}[${attribute}=${value}]`;
  }
  return tag;
}
