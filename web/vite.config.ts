import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const SERVICE_WORKER = 'sw.js'

function source(path: string): string {
  return fileURLToPath(new URL(`src/${path}`, import.meta.url))
}

/** Tells the service worker which files there are, and calls this build by what is in them. */
function precache(): Plugin {
  return {
    name: 'precache',
    enforce: 'post',
    generateBundle(_, bundle) {
      const { [SERVICE_WORKER]: worker, ...others } = bundle
      if (worker?.type !== 'chunk') throw new Error(`${SERVICE_WORKER} was not built`)
      const hash = createHash('sha256').update(worker.code)
      for (const each of Object.values(others))
        hash.update(each.fileName).update(each.type === 'chunk' ? each.code : each.source)
      const files = Object.keys(others).filter((file) => !file.endsWith('.html'))
      const built = { version: hash.digest('hex').slice(0, 16), files: [...files, 'favicon.svg'] }
      worker.code = `const BUILT=${JSON.stringify(built)};\n${worker.code}`
    },
  }
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
  plugins: [precache()],
  build: {
    rolldownOptions: {
      input: { index: source('../index.html'), sw: source('sw.ts') },
      output: {
        // Browsers ask for the service worker by this name; everything else is called by what is in it.
        entryFileNames: ({ name }) => (name === 'sw' ? SERVICE_WORKER : 'assets/[name]-[hash].js'),
      },
    },
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
