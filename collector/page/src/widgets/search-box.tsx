import { useEffect, useId, useRef, useState } from 'preact/hooks';

/** A word that a search may contain, and what it means. */
export interface Suggestion {
  readonly text: string;
  readonly about: string;
}

interface Props {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly suggestions: readonly Suggestion[];
  readonly error?: string | undefined;
  readonly onSearch: (text: string) => void;
  /** Called for Enter, when the search is done already: forwards, or with Shift backwards. */
  readonly onNext?: (step: 1 | -1) => void;
}

const PAUSE_MS = 250;

/** A box for a search that completes names of fields. The key "/" leads to it. */
export function SearchBox({
  label,
  value,
  placeholder,
  suggestions,
  error,
  onSearch,
  onNext,
}: Props) {
  const [text, setText] = useState(value);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  // What was typed since a search began is not overwritten by it.
  const searched = useRef(value);
  useEffect(() => {
    if (value !== searched.current) setText(value);
    searched.current = value;
  }, [value]);
  const search = (wanted: string): void => {
    searched.current = wanted;
    onSearch(wanted);
  };
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => search(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);

  const word = text.slice(Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t')) + 1);
  const fitting = isOpen
    ? suggestions.filter((one) => one.text.startsWith(word.replace(/^-/, '')) && one.text !== word)
    : [];
  const complete = ({ text: name }: Suggestion): void => {
    setText(text.slice(0, text.length - word.length) + (word.startsWith('-') ? '-' : '') + name);
    setChosen(-1);
    input.current?.focus();
  };
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') setOpen(false);
    else if (event.key === 'Enter' && chosen >= 0 && fitting[chosen]) complete(fitting[chosen]);
    else if (event.key === 'Enter') {
      setOpen(false);
      if (text === value) onNext?.(event.shiftKey ? -1 : 1);
      else search(text);
    } else if (step !== undefined && fitting.length > 0) {
      setChosen((chosen + step + fitting.length) % fitting.length);
    } else return;
    event.preventDefault();
  };
  return (
    <div class="search">
      <input
        ref={input}
        type="search"
        list={undefined}
        role="combobox"
        aria-label={label}
        aria-expanded={fitting.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={chosen >= 0 && fitting[chosen] ? `${id}-${chosen}` : undefined}
        aria-invalid={error !== undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          setChosen(-1);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={key}
      />
      <ul id={id} role="listbox" aria-label="Suggestions" hidden={fitting.length === 0}>
        {fitting.map((one, i) => (
          <li
            key={one.text}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            onMouseDown={(event) => {
              // The box would lose the focus.
              event.preventDefault();
              complete(one);
            }}
          >
            <code>{one.text}</code> {one.about}
          </li>
        ))}
      </ul>
      {error && (
        <p id={`${id}-error`} class="search-error">
          {error}
        </p>
      )}
    </div>
  );
}

/** Returns true if a key that is pressed there is meant for a box with text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select') !== null;
}
