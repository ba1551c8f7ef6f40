/** Maximum number of members (W3C Trace Context Level 2, section 3.3.1.1). */
const MOST_MEMBERS = 32;
/** A longer header is not even read. Longer ones than 512 characters need not be passed on (section 3.3.1.5). */
const MOST_CHARACTERS = 8192;

/** A key and its value (section 3.3.1.3). */
const MEMBER =
  /^[a-z\d][a-z\d_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * Returns what goes on of a header `tracestate` that came with a request: all of it, unchanged, or nothing if it is not of the
 * standard's form, which then says to discard it.
 */
export function passableState(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MOST_CHARACTERS) return undefined;
  // Spaces and tabs may stand around members, and no end of a line.
  if (/[^\t\x20-\x7e]/.test(header)) return undefined;
  const members = header.split(',').flatMap((member) => member.trim() || []);
  const isValid =
    members.length > 0 &&
    members.length <= MOST_MEMBERS &&
    members.every((member) => MEMBER.test(member));
  return isValid ? header.trim() : undefined;
}
