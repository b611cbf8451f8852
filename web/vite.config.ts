import { defineConfig } from 'vite'

export default defineConfig({
  // Relative, so that the files may be served below any path.
  base: './',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The first of each that knows light-dark(), :has() and AbortSignal.any().
    target: ['chrome123', 'firefox124', 'safari17.5'],
    // A page whose scripts and styles are all files needs no exception in its Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:9090' } },
})
