import type { TraceEvent } from '../../../src/store/store';
import { eventRows } from '../model/event-rows';

/** Shows every field of an event. Strings from programs are only ever rendered as text. */
export function EventDetails({ event }: { event: TraceEvent | undefined }) {
  return (
    <aside aria-label="Event" aria-live="polite">
      {event === undefined ? (
        <p class="empty">Point at an event, or move to one with Tab, to see its details.</p>
      ) : (
        <dl>
          {eventRows(event).map(([name, value], i) => (
            <div key={i}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </aside>
  );
}
