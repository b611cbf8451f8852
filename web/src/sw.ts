/** What the build writes here: the files of the pages, and a name for just these. */
declare const BUILT: { readonly version: string; readonly files: readonly string[] }

/** What of a service worker's surroundings is used; the types of pages do not have it. */
interface Worker {
  readonly registration: { readonly scope: string }
  readonly skipWaiting: () => Promise<void>
  readonly clients: { readonly claim: () => Promise<void> }
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
}

interface Waiting {
  waitUntil(promise: Promise<unknown>): void
}

interface Fetching {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

// In a worker the global object is the worker.
const worker = self as unknown as Worker

const PREFIX = 'pointsman-'
const CACHE = PREFIX + BUILT.version

/** Pages that were opened before an update go on with the files of their own version. */
const KEPT_VERSIONS = 2

/** How long a page waits for the service before it is taken from the cache. */
const PATIENCE_MS = 3000

const scope = new URL(worker.registration.scope)
const page = scope.href
const files = new Set(BUILT.files.map((file) => new URL(file, scope).href))

async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  const fresh = [page, ...files].map((url) => new Request(url, { cache: 'reload' }))
  await cache.addAll(fresh)
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX))
  const others = own.filter((name) => name !== CACHE)
  const old = others.slice(0, Math.max(0, others.length - KEPT_VERSIONS + 1))
  await Promise.all(old.map((name) => caches.delete(name)))
  await worker.clients.claim()
}

async function fromCache(url: string): Promise<Response> {
  return (await caches.match(url)) ?? Response.error()
}

/** The page of the service, or the one that is kept when the service does not answer, or answers with nothing useful. */
async function navigate(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
    return response.status < 500 ? response : await fromCache(page)
  } catch {
    return fromCache(page)
  }
}

async function fileOf(request: Request): Promise<Response> {
  return (await caches.match(request.url)) ?? fetch(request)
}

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = request.url.replace(/[?#].*$/s, '')
  if (request.method !== 'GET') return
  // What the service tells is never kept here: pages keep what they need, each user's own.
  if (url === page) event.respondWith(navigate(request))
  else if (files.has(url)) event.respondWith(fileOf(request))
})
