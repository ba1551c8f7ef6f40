import { getLocal, register, setLocal } from '@throughline/runtime';

/** A plain slot. */
export const user = register('nobody');

/** A slot that knows of every strand that was joined. */
export const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...mine, ...theirs.filter((name) => !mine.includes(name))],
});

/** A slot that says how many spawn points are between its strand and root. */
export const depth = register(0, { spawn: (parent) => parent + 1 });

/** A mutable record, of which no two strands from root share one. */
export const record = register<{ hits: number }>(() => ({ hits: 0 }));

export const read = (): string => getLocal(user);
export const joined = (): readonly string[] => getLocal(seen);
export const add = (name: string): void => setLocal(seen, [...getLocal(seen), name]);

export async function adds(name: string, turns = 1): Promise<string> {
  for (let i = 0; i < turns; i++) await null;
  add(name);
  return name;
}

export async function addsAndFails(name: string, turns = 1): Promise<never> {
  await adds(name, turns);
  throw new Error(name);
}

export const fail = (): never => {
  throw new Error('boom');
};
