import type { Examined, ExaminedPlace } from '@throughline/runtime/doctor';

/** Formats the result of an examination for a terminal. */
export function formatExamined({ requests, files, places }: Examined): string {
  if (files === 0) {
    return [
      'No instrumented module was loaded, so no context can follow the program.',
      'Start it with "node --import @throughline/babel-plugin/register", or build it with an adapter and causes.',
    ].join('\n');
  }
  if (requests === 0) {
    return 'No request came to a server of node:http. Name URLs to ask for: --get http://127.0.0.1:3000/';
  }
  if (places.length === 0) {
    return `${requests} requests, and no async function or handler of the program ran meanwhile. Ask for other URLs.`;
  }
  const lost = places.filter(isLost);
  const width = String(Math.max(...places.map(runs), 0)).length;
  const row = (place: ExaminedPlace): string => {
    const count = `${String(place.arrived).padStart(width)} of ${String(runs(place)).padStart(width)}`;
    return `  ${count}  ${place.file}:${place.line}  ${nameOf(place)}`;
  };
  return [
    `${requests} requests. ${places.length} places of the program ran meanwhile; with the context of a request:`,
    '',
    ...places.map((place) => `${row(place)}${isLost(place) ? '  <- lost' : ''}`),
    '',
    ...(lost.length === 0 ? ['The context arrived everywhere.'] : advice),
  ].join('\n');
}

/** Returns true for an examination that has found nothing wrong. */
export function isHealthy({ requests, files, places }: Examined): boolean {
  return files > 0 && requests > 0 && places.length > 0 && !places.some(isLost);
}

function isLost({ lost }: ExaminedPlace): boolean {
  return lost > 0;
}

/** `async load`, `function onOrder`, `async function` */
function nameOf({ kind, name }: ExaminedPlace): string {
  return name === '' && kind === 'function' ? kind : `${kind} ${name || 'function'}`;
}

function runs({ arrived, lost }: ExaminedPlace): number {
  return arrived + lost;
}

const advice = [
  'Where it was lost, code that is not instrumented waited before it called yours, or the work belongs to no request,',
  'such as a timer of the program. Instrument the packages that call it ("include": "all"), or open the bridge',
  '(THROUGHLINE_BRIDGE=on). See docs/dependencies.md.',
];
