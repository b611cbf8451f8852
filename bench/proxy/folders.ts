import { fileURLToPath } from 'node:url'

/** `bench/`; this file runs as bench/dist/bench/proxy/folders.js. */
export const BENCH_FOLDER = fileURLToPath(new URL('../../../', import.meta.url))

/** The repository. */
export const ROOT_FOLDER = fileURLToPath(new URL('../../../../', import.meta.url))
