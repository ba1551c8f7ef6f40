import throughline from '@throughline/babel-plugin/vite';
import { defineConfig } from 'vite';

// `--mode zone` is the same page without us.
export default defineConfig(({ mode }) => ({
  plugins: mode === 'zone' ? [] : [throughline()],
  build: { outDir: mode === 'zone' ? 'dist/zone' : 'dist/throughline', target: 'es2022' },
}));
