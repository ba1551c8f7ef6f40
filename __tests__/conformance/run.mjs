// npm run conformance -- MODE ...
//
// Whether programs that others wrote behave as they did once they are compiled.
const modes = {
  test262: () => import('./test262.mjs'),
  projects: () => import('./projects.mjs'),
  applications: () => import('./applications.mjs'),
};

const load = modes[process.argv[2]];
if (load === undefined) {
  console.error(`Usage: npm run conformance -- ${Object.keys(modes).join('|')} DIR...`);
  process.exit(2);
}
await load();
