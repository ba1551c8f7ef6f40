import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { NONE } from '../../../src/graph/task-model';
import { HIDING, hiddenBy, ruleFor, ruleName } from '../model/hiding';
import type { HidingRule } from '../model/hiding';
import { count } from '../model/text';
import type { TaskState } from '../state/task-state';

const NAMES: Readonly<Record<HidingRule['what'], string>> = {
  label: 'with this label',
  process: 'of this process',
  source: 'of this line',
  unrelated: 'that are neither causes nor effects of this one',
};

/** Distance of a menu from the edge of the picture, in pixels. */
const EDGE = 4;

/** What can be done with an event. Pointing at an entry shows which events it is about. */
export function EventMenu({ state }: { state: TaskState }) {
  const menu = useRef<HTMLDivElement>(null);
  const opened = state.menu.value;
  useEffect(() => {
    if (opened) menu.current?.querySelector('button')?.focus();
  }, [opened]);
  useLayoutEffect(() => {
    const at = menu.current;
    const around = at?.offsetParent;
    if (!opened || !at || !around) return;
    // All of it is in the picture, wherever it was opened.
    at.style.left = `${Math.max(0, Math.min(opened.x, around.clientWidth - at.offsetWidth - EDGE))}px`;
    at.style.top = `${Math.max(0, Math.min(opened.y, around.clientHeight - at.offsetHeight - EDGE))}px`;
  }, [opened]);
  const task = state.task.value;
  if (!opened || !task) return null;
  const { event } = opened;
  const { model } = task.graph;
  const selected = state.selected.value;
  const move = (key: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key.key];
    if (key.key === 'Escape') state.closeMenu();
    else if (step === undefined) return;
    else {
      const buttons = [...menu.current!.querySelectorAll('button')];
      const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
      buttons[(at + step + buttons.length) % buttons.length]?.focus();
    }
    key.preventDefault();
  };
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      aria-label={`Event ${model.labelOf(event)}`}
      onKeyDown={move}
      onFocusOut={({ relatedTarget }) => {
        if (!menu.current?.contains(relatedTarget as Node)) state.closeMenu();
      }}
    >
      {selected !== NONE && selected !== event && (
        <button role="menuitem" onClick={() => state.select(event, { extend: true })}>
          Show paths from the selected event
        </button>
      )}
      <button role="menuitem" onClick={() => state.select(event)}>
        Select
      </button>
      {HIDING.map((what) => {
        const rule = ruleFor(model, event, what);
        if (!rule) return null;
        const preview = (): void => {
          state.preview.value = hiddenBy(task.graph, [rule]);
        };
        return (
          <button
            key={what}
            role="menuitem"
            onMouseEnter={preview}
            onFocus={preview}
            onMouseLeave={() => (state.preview.value = undefined)}
            onBlur={() => (state.preview.value = undefined)}
            onClick={() => state.hide(rule)}
          >
            Hide events {NAMES[what]}
          </button>
        );
      })}
    </div>
  );
}

/** The events that are hidden, by rule. A click brings them back. */
export function HiddenStrip({ state }: { state: TaskState }) {
  const task = state.task.value;
  const rules = state.rules.value;
  if (!task || rules.length === 0) return null;
  return (
    <p class="hidden-strip">
      Hidden:
      {rules.map((rule) => {
        const hidden = hiddenBy(task.graph, [rule])!.reduce((sum, one) => sum + one, 0);
        const name = ruleName(task.graph.model, rule);
        return (
          <button
            key={rule.what + rule.value}
            class="chip"
            title={`${name}. Bring these events back`}
            onClick={() => state.bringBack(rule)}
          >
            <span class="chip-name">{name}</span> ({count(hidden, 'event')}) ×
          </button>
        );
      })}
      {state.layout.value?.graph.size === 0 && ' These are all events of the task.'}
    </p>
  );
}
