import type { Command } from 'commander';
import { explain as explained } from '../check/explain.js';
import { scan } from '../check/scan.js';
import { placeInvalid } from '../errors.js';

/** `throughline explain FILE:LINE`. */
export function explain(program: Command): void {
  program
    .command('explain')
    .description('say what the plugin does on a line, and why')
    .argument('<file:line>', 'such as src/cart.ts:12')
    .action((place: string) => {
      const [, file, line] = /^(.+):(\d+)$/.exec(place) ?? [];
      if (file === undefined || line === undefined) throw placeInvalid(place);
      const [report] = scan([file]);
      if (report === undefined) throw placeInvalid(place);
      console.log(explained(report, file, Number(line)));
    });
}
