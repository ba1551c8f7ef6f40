import type { TransformedSource } from '@jest/transform';

/** Code and its source map, apart. */
export interface Compiled {
  readonly code: string;
  readonly map: object | undefined;
}

const COMMENT =
  /\n?\/\/[#@] ?sourceMappingURL=data:application\/json;(?:charset=[^;,]+;)?base64,([\w+/=]+)\s*$/;

/** Takes the source map out of what a transformer returns: an object, a JSON string, or a comment in the code. */
export function withoutMap({ code, map }: TransformedSource): Compiled {
  const [comment, base64] = COMMENT.exec(code) ?? [];
  const text = comment === undefined ? code : code.slice(0, -comment.length);
  const inline = base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
  const given = map || inline;
  return { code: text, map: typeof given === 'string' ? (JSON.parse(given) as object) : given };
}
