/** Tells the process that has started this one where it listens, and ends when that one is gone. */
export function listening(port) {
  process.send(`127.0.0.1:${port}`);
  process.on('disconnect', () => process.exit());
}
