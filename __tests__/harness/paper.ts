import type { TraceEvent } from '../../collector/src/reports/trace-event';

/** The id that the paper’s records have in decimal. */
export const decimal = (text: string): string => BigInt(text).toString(16).padStart(16, '0');

export const PAPER_TASK = decimal('5655435119442465856');
export const PAPER_PROCESSES = {
  client: {
    processId: 40208,
    processName: './example --xtrace-server :5563 --next-server :1234 --in 3',
  },
  add: {
    processId: 40207,
    processName: './example --xtrace-server :5563 --add 7 --listen-addr :1234 --next-server :5678',
  },
  mul: {
    processId: 40204,
    processName: './example --xtrace-server :5563 --mul 3 --listen-addr :5678',
  },
};
const paper = (
  eventId: string,
  parent: string,
  timestamp: number,
  process: { processId: number; processName: string },
  label: string,
): TraceEvent => ({
  ...{ taskId: PAPER_TASK, eventId: decimal(eventId), parentEventIds: [decimal(parent)] },
  ...{ timestamp, label, ...process },
});
/** The events of the paper's run: what its client reported. */
export const PAPER_EVENTS = [
  paper(
    ...(['6289766621339003385', '5470210360033630164', 1474851945531432] as const),
    ...([PAPER_PROCESSES.client, 'passing --in (3) to :1234'] as const),
  ),
  paper(
    ...(['8768524173443383991', '6289766621339003385', 1474851945538647] as const),
    ...([PAPER_PROCESSES.add, 'applying operation +7 to argument 3: 10'] as const),
  ),
  paper(
    ...(['3621238959106384114', '8768524173443383991', 1474851945538780] as const),
    ...([PAPER_PROCESSES.add, 'passing to :5678'] as const),
  ),
  paper(
    ...(['2500724463162741905', '3621238959106384114', 1474851945540604] as const),
    ...([PAPER_PROCESSES.mul, 'applying operation *3 to argument 10: 30'] as const),
  ),
  paper(
    ...(['2128074912784557060', '2500724463162741905', 1474851945540877] as const),
    ...([PAPER_PROCESSES.mul, 'returning value 30'] as const),
  ),
];
