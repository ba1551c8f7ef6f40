import { Command } from 'commander';
import { version } from './version.js';

/** Adds a command to the program. */
type Add = (program: Command) => void;

/** The commands by name. Each is loaded when it is asked for: `run` must not wait for what the others need. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  run: async () => (await import('./commands/run.js')).run,
  stop: async () => (await import('./commands/stop.js')).stop,
  serve: async () => (await import('./commands/serve.js')).serve,
  list: async () => (await import('./commands/list.js')).list,
  show: async () => (await import('./commands/show.js')).show,
  why: async () => (await import('./commands/why.js')).why,
  critical: async () => (await import('./commands/critical.js')).critical,
  compare: async () => (await import('./commands/compare.js')).compare,
  tail: async () => (await import('./commands/tail.js')).tail,
  export: async () => (await import('./commands/export.js')).exportCommand,
  import: async () => (await import('./commands/import.js')).importCommand,
  backup: async () => (await import('./commands/backup.js')).backup,
  mcp: async () => (await import('./commands/mcp.js')).mcp,
  open: async () => (await import('./commands/open.js')).open,
  check: async () => (await import('./commands/check.js')).check,
  explain: async () => (await import('./commands/explain.js')).explain,
  doctor: async () => (await import('./commands/doctor.js')).doctor,
  init: async () => (await import('./commands/init-jest.js')).initJest,
};

async function main([name = '']: readonly string[]): Promise<void> {
  const program = new Command('throughline')
    .description('Causal tracing for JavaScript: collect events and see what caused what.')
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError();
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  // Help lists all of them, so does the message about a name that is none, and shells complete all of them.
  for (const load of known ? [known] : Object.values(COMMANDS)) (await load())(program);
  if (!known) (await import('@bomb.sh/tab/commander')).default(program);
  await program.parseAsync();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`throughline: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
