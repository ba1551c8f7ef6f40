import { batch, computed, signal } from '@preact/signals';
import type { TaskColumns } from '../../../src/graph/task-columns';
import { fromColumns } from '../../../src/graph/task-columns';
import { NONE, TaskModel } from '../../../src/graph/task-model';
import { address, setQuery } from '../address';
import { fetchSlice, listenToTask } from '../api';
import { GraphScene } from '../drawing/graph-scene';
import { TimelineScene } from '../drawing/timeline-scene';
import { closureOf, pathsBetween } from '../model/closure';
import { searchEvents } from '../model/event-search';
import { layOut } from '../model/graph-layout';
import { hiddenBy, parseRules, ruleText } from '../model/hiding';
import type { HidingRule } from '../model/hiding';
import { GROUPS } from '../model/groups';
import { openTask } from '../model/open-task';
import { timelineOf } from '../model/timeline';
import { viewGraph } from '../model/view-graph';

/** The pictures of a task. */
export const VIEWS = ['graph', 'timeline', 'log'] as const;
export type TaskView = (typeof VIEWS)[number];

/** A part of a task's time, in microseconds after its first event. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Returns true if a time, in microseconds after the task's first event, is in a range. */
export function isWithin({ from, to }: TimeRange, time: number): boolean {
  return time >= from && time <= to;
}

/** Number of events that are opened at once. The reader can ask for more. */
const WINDOW = 250_000;
/** Tasks with more events are folded when they are opened. */
const FOLD_FROM = 300;
const NOTHING: ReadonlySet<number> = new Set();
/** Least time between two layouts of a task that grows: in milliseconds, and in times of what the last one took. */
const GROW_MS = 250;
const GROW_REST = 4;

function countOf(marks: Uint8Array | undefined): number {
  return marks?.reduce((sum, one) => sum + one, 0) ?? 0;
}

/** One task on the page: its events, what of them is shown, and what the reader has chosen. Views only read and set its signals. */
export class TaskState {
  /** What went wrong, if anything. */
  readonly error = signal<string | undefined>();
  /** How many events are here, and how many there are. */
  readonly loaded = signal(0);
  readonly total = signal(0);
  readonly isLoading = signal(true);

  readonly hovered = signal(NONE);
  readonly selected = signal(NONE);
  /** The other end of a path, when two events are chosen. */
  readonly other = signal(NONE);
  readonly range = signal<TimeRange | undefined>();
  readonly foldsChains = signal<boolean | undefined>();
  /** What an entry of a menu would do, while the reader points at it. */
  readonly preview = signal<Uint8Array | undefined>();
  readonly menu = signal<{ event: number; x: number; y: number } | undefined>();

  readonly view = computed<TaskView>(
    () => VIEWS.find((one) => one === address.value.query['view']) ?? 'graph',
  );
  readonly search = computed(() => address.value.query['find'] ?? '');
  /** As text, so that nothing is laid out again when something else of the address changes. */
  private readonly hiding = computed(() => address.value.query['hide'] ?? '');
  readonly rules = computed(() => parseRules(this.hiding.value));

  /** What is open, by first events, and how events were folded then: another folding has other ones. */
  private readonly folds = signal<{ by: string; open: ReadonlySet<number> }>({
    by: '',
    open: new Set(),
  });
  readonly groupBy = computed(() => GROUPS.find((one) => one === address.value.query['group']));

  private readonly model = new TaskModel();
  /** Counts how often the model was computed: it is one object that grows. */
  private readonly version = signal(0);
  private next = '';
  private limit = WINDOW;
  private readonly ends: (() => void)[] = [];
  private hasEnded = false;
  private isListening = false;
  /** Events that are here, and not in the model yet: what was computed of it must not change under who uses it. */
  private arrived: TaskColumns[] = [];

  readonly task = computed(() => (this.version.value > 0 ? openTask(this.model) : undefined));
  /** 1 for each event that the search finds, also among those that are hidden. */
  private readonly allFound = computed(() => {
    const task = this.task.value;
    return task && searchEvents(task.graph.model, this.search.value);
  });
  /** 1 for each event that the search finds and that is shown. */
  readonly found = computed(() => {
    const [found, hidden] = [this.allFound.value, this.hidden.value];
    return found && hidden ? found.map((one, event) => (hidden[event] ? 0 : one)) : found;
  });
  /** How many events the search finds that are hidden. */
  readonly foundHidden = computed(() => countOf(this.allFound.value) - countOf(this.found.value));
  readonly isFolded = computed(() => this.foldsChains.value ?? this.loaded.value > FOLD_FROM);
  /** 1 for each event that is hidden; nothing if none is. */
  readonly hidden = computed(() => {
    const task = this.task.value;
    return task && hiddenBy(task.graph, this.rules.value);
  });
  readonly layout = computed(() => {
    const task = this.task.value;
    if (!task) return undefined;
    const hidden = this.hidden.value;
    const by = this.groupBy.value;
    const groups = by && { by, open: this.openFolds() };
    const chains = !by && this.isFolded.value ? { open: this.openFolds() } : undefined;
    return layOut(viewGraph(task.graph, { hidden, chains, groups, operations: true }));
  });
  readonly graphScene = computed(() => {
    const [task, layout] = [this.task.value, this.layout.value];
    return task && layout && new GraphScene(task, layout);
  });
  readonly timeline = computed(() => this.task.value && timelineOf(this.task.value));
  readonly timelineScene = computed(() => {
    const [task, timeline] = [this.task.value, this.timeline.value];
    return task && timeline && new TimelineScene(task, timeline, this.hidden.value);
  });
  /** 1 for each event that stays bright: causes and effects of the chosen one, or what is in the chosen time. */
  readonly lit = computed<Uint8Array | undefined>(() => {
    const task = this.task.value;
    if (!task) return undefined;
    if (this.preview.value) return this.preview.value;
    const [selected, other, range] = [this.selected.value, this.other.value, this.range.value];
    if (selected !== NONE && other !== NONE) return pathsBetween(task.graph, other, selected);
    if (selected !== NONE) return closureOf(task.graph, this.together(selected));
    if (!range) return undefined;
    return Uint8Array.from(task.time, (time) => (isWithin(range, time - task.start) ? 1 : 0));
  });

  constructor(readonly taskId: string) {}

  /** Fetches the events, and goes on with those that come later. */
  async load(): Promise<void> {
    this.isLoading.value = true;
    try {
      await this.loadMore();
      this.error.value = undefined;
    } catch (error) {
      this.error.value = (error as Error).message;
    }
    if (this.hasEnded) return;
    this.isLoading.value = false;
    this.compute();
    if (this.error.value === undefined && this.loaded.value >= this.total.value) this.listen();
  }

  /** Shows a task that is here already. */
  open(columns: TaskColumns): void {
    this.add(columns);
    this.total.value = columns.labels.length;
    this.isLoading.value = false;
    this.compute();
  }

  /** Fetches the next events of a task that has too many to open them at once. */
  async loadWindow(): Promise<void> {
    this.limit += WINDOW;
    await this.load();
  }

  end(): void {
    this.hasEnded = true;
    for (const end of this.ends) end();
  }

  select(event: number, { extend = false } = {}): void {
    batch(() => {
      const before = this.selected.value;
      this.other.value = extend && before !== NONE && event !== before ? before : NONE;
      this.selected.value = event;
      // What is chosen by a key is shown, wherever the mouse is.
      this.hovered.value = NONE;
      this.closeMenu();
    });
    setQuery({ event: event === NONE ? undefined : this.model.ids[event] });
  }

  /** Chooses the next event that the search has found, or the one before. */
  selectFound(step: 1 | -1, found = this.found.value): void {
    const order = this.task.value?.graph.order;
    if (!order || !found) return;
    const places = order.filter((event) => found[event]);
    if (places.length === 0) return;
    const at = places.indexOf(this.selected.value);
    const next =
      at < 0 ? (step > 0 ? 0 : places.length - 1) : (at + step + places.length) % places.length;
    this.select(places[next]!);
  }

  /** Chooses the next event with an error, or the one before. */
  selectError(step: 1 | -1): void {
    const { model } = this;
    const hidden = this.hidden.peek();
    this.selectFound(
      step,
      Uint8Array.from({ length: model.size }, (_, i) =>
        model.hasError(i) && !hidden?.[i] ? 1 : 0,
      ),
    );
  }

  hide(rule: HidingRule): void {
    const others = this.rules.value.filter(
      ({ what, value }) => what !== rule.what || value !== rule.value,
    );
    setQuery({ hide: ruleText([...others, rule]) });
    this.closeMenu();
  }

  bringBack(rule: HidingRule): void {
    setQuery({ hide: ruleText(this.rules.value.filter((one) => one !== rule)) });
  }

  closeMenu(): void {
    this.menu.value = undefined;
    this.preview.value = undefined;
  }

  /** Groups events, or no longer. */
  group(by: string): void {
    setQuery({ group: GROUPS.find((one) => one === by) });
  }

  /** Returns the events that are shown as one with an event in the view. */
  together(event: number): Iterable<number> {
    const { graph } = this.layout.value ?? {};
    const node = graph?.nodeOf[event] ?? NONE;
    const isOne = !graph || node === NONE || !graph.groupedBy || this.view.value !== 'graph';
    return isOne ? [event] : graph.events.of(node);
  }

  /** Opens the chain, branches or group that an event is part of, or closes it. */
  toggleFold(event: number): void {
    const key = this.layout.peek()?.graph.foldOf[event] ?? NONE;
    if (key === NONE) return;
    const open = new Set(this.openFolds());
    if (!open.delete(key)) open.add(key);
    this.folds.value = { by: this.groupBy.peek() ?? '', open };
  }

  private openFolds(): ReadonlySet<number> {
    const { by, open } = this.folds.value;
    return by === (this.groupBy.value ?? '') ? open : NOTHING;
  }

  private async loadMore(): Promise<void> {
    while (!this.hasEnded) {
      const before = this.loaded.value;
      const slice = await fetchSlice(this.taskId, this.next);
      this.next = slice.next;
      this.add(slice.columns);
      this.total.value = slice.total;
      const isEnd = this.loaded.value >= slice.total || this.loaded.value === before;
      if (isEnd || this.loaded.value >= this.limit) return;
    }
  }

  private listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let rest = GROW_MS;
    const end = listenToTask(this.taskId, this.next, (slice) => {
      this.next = slice.next;
      this.add(slice.columns);
      this.total.value = Math.max(slice.total, this.loaded.value);
      timer ??= setTimeout(() => {
        timer = undefined;
        const started = performance.now();
        this.compute();
        // What follows from it is computed now, too, because views read it.
        rest = Math.max(GROW_MS, (performance.now() - started) * GROW_REST);
      }, rest);
    });
    this.ends.push(end, () => clearTimeout(timer));
  }

  private add(columns: TaskColumns): void {
    this.arrived.push(columns);
    this.loaded.value += columns.labels.length;
  }

  private compute(): void {
    for (const columns of this.arrived)
      for (const event of fromColumns(columns)) this.model.add(event);
    this.arrived = [];
    if (this.model.size === 0) return;
    batch(() => {
      this.loaded.value = this.model.size;
      this.version.value++;
      const wanted = address.peek().query['event'];
      if (this.selected.value === NONE && wanted) this.selected.value = this.model.indexOf(wanted);
    });
  }
}
