import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
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

/** Below that the head of an answer is most of it. */
const WORTH_COMPRESSING_BYTES = 1000
/** The best costs a second more, and saves two bytes of a hundred. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

/** Puts each file beside itself, compressed in both ways: what serves them compresses nothing. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = '' }) {
      const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
      for (const path of names.filter((name) => /\.(html|js|css|svg)$/.test(name))) {
        const file = join(dir, path)
        const content = readFileSync(file)
        if (content.length < WORTH_COMPRESSING_BYTES) continue
        writeFileSync(`${file}.br`, brotliCompressSync(content, BROTLI))
        writeFileSync(`${file}.gz`, gzipSync(content))
      }
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
  plugins: [precache(), compressed()],
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
