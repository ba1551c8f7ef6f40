import throughline from '@throughline/babel-plugin/vite';
import { defineConfig } from 'vite';

// `--mode zone` builds the same page with zone.js instead of Throughline.
export default defineConfig(({ mode }) => ({
  plugins: mode === 'zone' ? [] : [throughline()],
  build: { outDir: mode === 'zone' ? 'dist/zone' : 'dist/throughline', target: 'es2022' },
}));
