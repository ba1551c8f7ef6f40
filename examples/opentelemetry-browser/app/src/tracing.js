import { trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

/** What the page shows, and what its test reads: each span, its parent, and what that should be. */
export const spans = (window.spans = []);
const names = new Map();

const shown = {
  onStart(span) {
    names.set(span.spanContext().spanId, span.name);
    const parent = names.get(span.parentSpanContext?.spanId) ?? null;
    spans.push({ name: span.name, parent, expected: span.attributes.expected ?? null });
    show();
  },
  onEnd() {},
  async forceFlush() {},
  async shutdown() {},
};

trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [shown] }));
const tracer = trace.getTracer('shop');

/** A span around `work`, which should be a child of the span of that name. */
export function within(name, expected, work) {
  return tracer.startActiveSpan(name, { attributes: { expected } }, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

/** A span of a moment. */
export function step(name, expected) {
  tracer.startSpan(name, { attributes: { expected } }).end();
}

function show() {
  const wrong = spans.filter(({ parent, expected }) => parent !== expected);
  document.querySelector('#count').textContent =
    `${spans.length} spans, ${wrong.length} with a wrong parent`;
  document.querySelector('#spans').replaceChildren(
    ...spans.map((span) => {
      const row = document.createElement('tr');
      row.className = wrong.includes(span) ? 'wrong' : '';
      for (const text of [span.name, span.parent, span.expected]) {
        row.insertCell().textContent = text ?? '–';
      }
      return row;
    }),
  );
}
