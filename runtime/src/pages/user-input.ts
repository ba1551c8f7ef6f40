import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { triggers } from '../listeners/triggers.js';
import { attempt } from '../operations/attempt.js';
import { client } from '../xtrace/log.js';

/** What a person does, as the DOM calls it. */
const INPUTS: ReadonlySet<string> = new Set([
  ...['auxclick', 'change', 'click', 'contextmenu', 'dblclick', 'drop', 'input', 'keydown'],
  ...['keyup', 'paste', 'pointerdown', 'pointerup', 'reset', 'submit', 'touchend', 'touchstart'],
]);

/** Where a page was when the person did something, by what is told of it. */
const began = new WeakMap<Event, Frame>();

/**
 * Logs what a person does once a listener of the program hears of it: as the first event of a task, with a link to the page's
 * task. It is an event and not an operation: what it leads to goes on after its listeners have returned.
 */
export function watchUserInput(): void {
  const page = currentFrame();
  const { of } = triggers;
  triggers.of = (event) => {
    const known = of(event);
    if (known !== undefined || !isInput(event)) return known;
    const frame =
      began.get(event) ?? attempt(() => runIn(branch(page), () => begin(event), undefined, []));
    if (frame) began.set(event, frame);
    return frame;
  };
}

function isInput(event: object): event is Event {
  if (!(event instanceof Event) || !event.isTrusted || !INPUTS.has(event.type)) return false;
  // How long a password is, and how it was typed, is nobody's concern.
  const { target } = event;
  return !(target instanceof HTMLInputElement && target.type === 'password');
}

function begin({ type, target }: Event): Frame {
  const { taskId, latest } = client.currentTrace();
  client.startTask();
  const notes = latest.map(({ id }) => `link ${taskId}/${id}`);
  setLocal(client.traceSlot, { ...client.currentTrace(), notes });
  const element = target instanceof Element ? nameOf(target) : 'document';
  client.log(`${type} ${element}`, { 'url.path': location.pathname });
  return currentFrame();
}

/** Returns how an element is known to its developers. Its text, and what was typed, may be a secret. */
function nameOf(element: Element): string {
  // Fields of a form hide properties of their names: `<input name="id">`.
  const attribute = (name: string): string | null =>
    Element.prototype.getAttribute.call(element, name);
  const tag = element.tagName.toLowerCase();
  const id = attribute('id');
  if (id) return `${tag}#${id}`;
  const known = ['data-testid', 'name'].find((name) => attribute(name));
  return known === undefined ? tag : `${tag}[${known}=${attribute(known)}]`;
}
