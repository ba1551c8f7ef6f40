/** A source map (ECMA-426). */
interface SourceMap {
  readonly mappings: string;
}

/**
 * Adds a source map to code, for Node's stack traces. Without the names of the source: Node would call a function that begins with
 * a parameter (`id => …`) by the name of the parameter, and the function's own name is right already.
 */
export function withInlineMap(code: string, map: object): string {
  const { mappings, ...rest } = map as SourceMap;
  const text = JSON.stringify({ ...rest, names: [], mappings: withoutNames(mappings) });
  const data = Buffer.from(text).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${data}`;
}

/**
 * Removes the fifth number of each segment, which is that of a name. It counts from the one of the segment before, and nothing else
 * does, so all of them can go. A number is digits with the continuation bit (`g` to `/` in base64), and one without it.
 */
function withoutNames(mappings: string): string {
  return mappings.replace(/(^|[,;])((?:[g-z0-9+/]*[A-Za-f]){4})[g-z0-9+/]*[A-Za-f]/g, '$1$2');
}
