import { trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

/** All spans, with their actual and expected parents. The page shows them and its test reads them. */
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

/** Runs `work` in a new span whose parent should be the span named `expected`. */
export function within(name, expected, work) {
  return tracer.startActiveSpan(name, { attributes: { expected } }, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

/** Creates a span and ends it at once. Its parent should be the span named `expected`. */
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
