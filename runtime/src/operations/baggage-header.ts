/** What a header `baggage` may have at most (W3C Baggage, section 3.3.2, "Limits"). */
const MOST_MEMBERS = 64;
const MOST_BYTES = 8192;

/** A member: a token, and what can stand in a header after it (section 3.3.1, "Definition"). */
const MEMBER = /^[!#$%&'*+.^_`|~\w-]+[ \t]*=[\x20-\x7e]*$/;

/**
 * Returns what goes on of a header `baggage` that came with a request, unchanged: members of other systems are not ours to read.
 * What is beyond the limits of the standard, or cannot be sent, is left out. Returns undefined if nothing is left.
 */
export function passableBaggage(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const kept: string[] = [];
  let length = 0;
  // A longer header is not even split.
  for (const member of header.slice(0, 2 * MOST_BYTES).split(',', 2 * MOST_MEMBERS)) {
    const text = member.trim();
    if (!MEMBER.test(text)) continue;
    length += text.length + (kept.length > 0 ? 1 : 0);
    if (kept.length === MOST_MEMBERS || length > MOST_BYTES) break;
    kept.push(text);
  }
  return kept.length > 0 ? kept.join() : undefined;
}
