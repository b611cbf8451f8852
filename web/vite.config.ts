import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

function source(path: string): string {
  return fileURLToPath(new URL(`src/${path}`, import.meta.url))
}

export default defineConfig({
  // Relative, so that the files may be served below any path.
  base: './',
  // What the model takes of Node.js: two functions.
  resolve: {
    alias: {
      'node:crypto': source('browser/node-crypto.ts'),
      'node:net': source('browser/node-net.ts'),
    },
  },
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
