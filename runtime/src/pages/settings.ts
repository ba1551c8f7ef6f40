/** Names of settings, and of the globals that have them where there is no document. */
const GLOBALS = {
  collector: 'THROUGHLINE_COLLECTOR',
  'propagate-to': 'THROUGHLINE_PROPAGATE_TO',
  'message-peers': 'THROUGHLINE_MESSAGE_PEERS',
} as const;

/** Returns a setting: that of `<meta name="throughline-…" content="…">`, or of a global. */
export function setting(name: keyof typeof GLOBALS): string | undefined {
  const given = (globalThis as Record<string, unknown>)[GLOBALS[name]];
  return metaContent(`throughline-${name}`) ?? (typeof given === 'string' ? given : undefined);
}

/** Returns the content of a `<meta>` of the document. */
export function metaContent(name: string): string | undefined {
  if (typeof document !== 'object') return undefined;
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
}
