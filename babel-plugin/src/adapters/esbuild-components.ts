import { COMPONENT } from './files.js';

/** The part of esbuild's build that loads files, and that may warn at its end. */
interface Build {
  onLoad(on: { filter: RegExp }, load: (file: { path: string }) => undefined): void;
  onEnd(end: () => { warnings: { text: string }[] }): void;
}

/**
 * Makes esbuild warn of components. It takes a file's code from the first plugin that returns some, so that we
 * cannot see what the component's own plugin makes of it.
 */
export function warnOfComponents(build: Build): void {
  let first: string | undefined;
  build.onLoad({ filter: COMPONENT }, ({ path }) => void (first ??= path));
  build.onEnd(() => {
    const text =
      `throughline: "${first}" and files like it are not instrumented, because esbuild gives each file to one ` +
      'plugin only. Move async code of components to files of its own, or build with Vite.';
    return { warnings: first === undefined ? [] : [{ text }] };
  });
}
