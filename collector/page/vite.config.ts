import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  build: { outDir: '../dist/page', emptyOutDir: true },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // `npx vite collector/page` works on the page against a collector that is running.
  server: { proxy: { '/api': 'http://127.0.0.1:4080' } },
});
