import { textTest } from '../search/event-condition.js';
import type { EventCondition } from '../search/event-condition.js';
import { someText } from './segment-codec.js';
import type { StoredText, TextPlace } from './segment-codec.js';

/** Looks for an event that meets a condition, in the form in which segments have them. */
export class TextMatcher {
  private readonly meets: (text: string) => boolean;
  /** What is known of the texts of the dictionary, which come again and again, by number. */
  private readonly met = new Map<number, boolean>();
  private readonly named = new Map<number, boolean>();
  private bytes: Buffer = Buffer.alloc(0);

  /** `textOf` returns the text with a number. */
  constructor(
    private readonly condition: EventCondition,
    private readonly textOf: (number: number) => string,
  ) {
    this.meets = textTest(condition);
  }

  /** Returns true if one of the events of a segment meets the condition. */
  isIn(events: Uint8Array): boolean {
    this.bytes = Buffer.from(events.buffer, events.byteOffset, events.byteLength);
    return someText(events, this.test);
  }

  private readonly test = (place: TextPlace, text: StoredText, name: StoredText): boolean => {
    const { field } = this.condition;
    if (field === 'label' && place !== 'label') return false;
    if (field === 'field' && (place !== 'field' || !this.isNamed(name))) return false;
    return this.remembered(this.met, text, this.meets);
  };

  private isNamed(name: StoredText): boolean {
    return this.remembered(this.named, name, (text) => text === this.condition.name);
  }

  private remembered(
    known: Map<number, boolean>,
    { number, start, end }: StoredText,
    is: (text: string) => boolean,
  ): boolean {
    if (number < 0) return is(this.bytes.toString('utf8', start, end));
    let answer = known.get(number);
    if (answer === undefined) known.set(number, (answer = is(this.textOf(number))));
    return answer;
  }
}
