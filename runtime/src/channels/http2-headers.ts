// Headers of HTTP/2, as Node takes them: an object, or a list of names and values by turns (Node 24 and newer).

type HeaderObject = Readonly<Record<string, unknown>>;

/** Returns a header that a program passes. */
export function headerIn(headers: unknown, name: string): string | undefined {
  if (Array.isArray(headers)) {
    const at = headers.findIndex((one, i) => i % 2 === 0 && String(one).toLowerCase() === name);
    return at === -1 ? undefined : String(headers[at + 1]);
  }
  const key = Object.keys(Object(headers) as HeaderObject).find(
    (one) => one.toLowerCase() === name,
  );
  return key === undefined ? undefined : String((headers as HeaderObject)[key]);
}

/** Returns headers with one more, unless they have it. Those of the program stay as they are, and what Node refuses, it refuses itself. */
export function withHeader(
  headers: unknown,
  name: string,
  value: () => string | undefined,
): unknown {
  if (headers !== undefined && (typeof headers !== 'object' || headers === null)) return headers;
  if (headerIn(headers, name) !== undefined) return headers;
  const added = value();
  if (added === undefined) return headers;
  if (!Array.isArray(headers)) {
    const copy = Object.create(Object.getPrototypeOf(headers ?? {}) as null) as object;
    return Object.assign(copy, headers, { [name]: added });
  }
  // By a symbol, Node knows what is secret.
  const symbols = Object.getOwnPropertySymbols(headers).map((key) => [
    key,
    Reflect.get(headers, key) as unknown,
  ]);
  return Object.assign([...(headers as unknown[]), name, added], Object.fromEntries(symbols));
}

/** Returns true for a call of gRPC (gRPC, "PROTOCOL-HTTP2"). */
export function isGrpc(headers: unknown): boolean {
  return headerIn(headers, 'content-type')?.startsWith('application/grpc') === true;
}
