/** A reviver of `JSON.parse`: in JSON, `null` stands for what is not there (Protocol Buffers, "ProtoJSON"). */
export function withoutNull(this: unknown, _key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== undefined && one !== null);
  return value === null && !Array.isArray(this) ? undefined : value;
}
