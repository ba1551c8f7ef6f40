// Runs a compiled service, prints its port, and replies to each message with its CPU time.
import { pathToFileURL } from 'node:url';

const { ready, listen } = await import(pathToFileURL(process.argv[2]).href);
process.on('message', () => process.send(process.cpuUsage()));
await ready;
listen((port) => console.log(port));
