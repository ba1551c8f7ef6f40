/** Returns a label without what differs from request to request: ids and numbers. */
export function kindOf(label: string): string {
  return (
    label
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '#')
      .replace(/\b(?=\w*\d)[0-9a-f]{8,}\b/gi, '#')
      // Not those of a host and its port.
      .replace(/(?<=^|[/\s=,(#-])\d+(?=$|[/?&,;:)\s])/g, '#')
  );
}

/** How an operation turned out, at the end of a title: `GET /carts/7 200`. */
const OUTCOME = / (?:\d{3}|ended|failed|cancelled)$/;

/** Returns a task's title without what differs between tasks of one kind: ids, numbers, and how it turned out. */
export function titleKindOf(title: string): string {
  return kindOf(title.replace(OUTCOME, ''));
}
