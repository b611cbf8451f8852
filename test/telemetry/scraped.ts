import type { Pointsman } from '../support/pointsman.js'

const DEADLINE_MS = 10_000
const EVERY_MS = 50

/** What `/metrics` said, by series as it stands there: `pointsman_retries_total{rule="1",group="web"}`. */
export type Scrape = ReadonlyMap<string, number>

async function scrape(pointsman: Pointsman): Promise<Scrape> {
  const response = await fetch(`http://127.0.0.1:${pointsman.managementPort}/metrics`)
  const series = new Map<string, number>()
  for (const line of (await response.text()).split('\n')) {
    const end = line.lastIndexOf(' ')
    if (!line.startsWith('#') && end > 0) series.set(line.slice(0, end), Number(line.slice(end)))
  }
  return series
}

/** The sum of all series of a metric whose labels include those given, as they stand there: `status="2xx"`. */
export function sum(scraped: Scrape, name: string, ...labels: readonly string[]): number {
  let total = 0
  for (const [series, value] of scraped) {
    if (series.split('{')[0] !== name) continue
    if (labels.every((label) => series.includes(label))) total += value
  }
  return total
}

/** All requests that were counted. */
export function requests(scraped: Scrape): number {
  return sum(scraped, 'pointsman_requests_total')
}

/**
 * The first scrape that is as wanted; data planes report once in a second.
 * @throws Error with the last one when there is none within 10 s
 */
export async function scrapeUntil(
  pointsman: Pointsman,
  isWanted: (scraped: Scrape) => boolean,
): Promise<Scrape> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const scraped = await scrape(pointsman)
    if (isWanted(scraped)) return scraped
    if (Date.now() > deadline) {
      const lines = [...scraped].filter(([series]) => !series.includes('_bucket'))
      throw new Error(`not as wanted: ${lines.map((line) => line.join(' ')).join('\n')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
}
