import instrument from '@throughline/babel-plugin/vite';
import { readOptions } from './options.js';
import type { Options } from './options.js';
import { moduleAt, ownFolders, VitestRun } from './run.js';
import type { Project, Vitest } from './run.js';

export { LedgerError } from '@throughline/ledger';
export type {
  CausalMatchers,
  FindingKind,
  LeakPolicy,
  LedgerErrorCode,
  Verdict,
} from '@throughline/ledger';
export type { Options };

/**
 * Returns the Vite plugins that watch the tests: one line in `plugins` of vitest.config.
 *
 * Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID`.
 *
 * @example
 * // vitest.config.js
 * export default defineConfig({ plugins: [throughline({ leaks: 'fail' })] });
 */
export function throughline(written: Options = {}): unknown[] {
  const options = readOptions(written);
  return [
    instrument({ ...options.plugin, causes: true }),
    {
      name: 'throughline:vitest',
      enforce: 'pre',
      config: ({ test }: { test?: { includeTaskLocation?: boolean } }) => ({
        test: {
          includeTaskLocation: test?.includeTaskLocation ?? true,
          // Also where they are linked: Node loads them much faster than Vite.
          server: { deps: { external: ownFolders().map(filesIn) } },
        },
        server: { fs: { allow: ['.', ...ownFolders()] } },
      }),
      resolveId: (id: string, importer: string | undefined) =>
        WARNING.test(id) && importer?.replace(/[?#].*/, '') !== SILENT ? SILENT : undefined,
      configureVitest({ vitest, project }: { vitest: Vitest; project: Project }) {
        VitestRun.of(vitest).add(project, options);
      },
    },
  ];
}

export default throughline;

/** Returns a pattern for the built files in a folder. */
function filesIn(folder: string): RegExp {
  const path = folder.replaceAll('\\', '/').replace(/[$()*+.?[\]^{|}]/g, '\\$&');
  return new RegExp(`${path}/dist/`);
}

/** The helpers of instrumented files, which warn about lost context, and those for tests, which do not. */
const WARNING = /^@throughline\/runtime\/compiled(?:-with-causes)?$/;
const SILENT = moduleAt('./compiled.js');
