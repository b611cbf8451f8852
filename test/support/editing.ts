import type { Test } from 'tap'
import type { ApplicationView } from '../../src/manage/api/applications.js'
import type {
  ChangeSummary,
  ChangeView,
  HistoryEntry,
  HistoryView,
} from '../../src/manage/api/changes.js'
import { connectStore } from '../store/zookeeper/zookeeper-world.js'
import { asking, type Answer, type Ask } from './managing.js'
import { modelOf } from './applications.js'
import { startPointsman, type Pointsman } from './pointsman.js'
import { signedIn, WITH_ADMINISTRATOR } from './signed-in.js'
import { startZookeeper } from './zookeeper-server.js'

const PROCESSES = 3
const PASSWORD = 'a password for tests'
const SUBJECT = { kind: 'application', name: 'shop' } as const

/** So many proposals that are stale by now are turned down for each that is left. */
const DECIDED_OF_OPEN = 0.6

/** What a refusal may be where many do the same: somebody was faster, wrote it themselves, or there is too much of it. */
const REFUSALS = new Set([403, 404, 409, 412, 429, 503])

/** What a person has been told. */
export interface Told {
  /** By the id of the change set, the version that it became. */
  readonly applied: Map<string, number>
  /** Answers that nobody should get. */
  readonly offences: string[]
  /** Requests of which nobody knows what became of them. */
  unanswered: number
  refused: number
}

function documentOf({ body }: Answer): { whitelist: readonly string[] } {
  // As the route has it.
  return (body as ApplicationView).document as { whitelist: readonly string[] }
}

/** Operators at several management processes on one ZooKeeper, who all change the same application. */
export class Editing {
  readonly told: Told = { applied: new Map(), offences: [], unanswered: 0, refused: 0 }
  private readonly t: Test
  private services: Pointsman[] = []
  private cookies: readonly string[] = []
  private proposals = 0

  constructor(t: Test) {
    this.t = t
  }

  async start(people: number): Promise<void> {
    const server = await startZookeeper(this.t)
    const { store } = await connectStore(this.t, [server], '/')
    await store.writeApplication(SUBJECT.name, modelOf({ whitelist: ['/DC1/Z1'] }), undefined)
    const environment = {
      ...WITH_ADMINISTRATOR,
      MODEL_STORE: 'zookeeper',
      ZOOKEEPER_HOSTS: server.address,
    }
    const first = await startPointsman(this.t, environment)
    const others = Array.from({ length: PROCESSES - 1 }, () => startPointsman(this.t, environment))
    const root = await signedIn(first)
    this.services = [first, ...(await Promise.all(others))]
    const cookies: string[] = []
    for (let at = 0; at < people; at++) cookies.push(await this.enrol(root, `person${at}`))
    this.cookies = cookies
  }

  /** Everybody does so many things at random. */
  async work(steps: number): Promise<void> {
    await Promise.all(
      this.cookies.map(async (_, person) => {
        for (let step = 0; step < steps; step++) await this.attempt(person)
      }),
    )
  }

  /** Kills one of the processes. */
  kill(): void {
    const at = Math.floor(Math.random() * this.services.length)
    const [service] = this.services.splice(at, 1)
    service?.signal('SIGKILL')
  }

  /** The whole history as a process has it that still runs, the oldest first. */
  async history(): Promise<readonly (HistoryEntry & { readonly added: readonly string[] })[]> {
    const ask = this.askAs(0)
    const found: HistoryEntry[] = []
    for (let before = '', isMore = true; isMore;) {
      const { body } = await ask('GET', `/api/history?subject=application:shop&limit=200${before}`)
      const page = body as { items: HistoryEntry[]; next: string | null }
      found.push(...page.items)
      before = `&before=${page.next}`
      isMore = page.next !== null
    }
    let known: ReadonlySet<string> = new Set()
    const entries = []
    for (const entry of found.reverse()) {
      const { body } = await ask('GET', `/api/history/${entry.version}?subject=application:shop`)
      const { whitelist } = (body as HistoryView).document as { whitelist: readonly string[] }
      const before = known
      known = new Set(whitelist)
      const lost = [...before].filter((path) => !known.has(path))
      const added = whitelist.filter((path) => !before.has(path))
      entries.push({ ...entry, added: [...added, ...lost.map((path) => `lost ${path}`)] })
    }
    return entries
  }

  /** What is stored now. */
  async current(): Promise<{
    readonly version: number | null
    readonly whitelist: readonly string[]
  }> {
    const answer = await this.askAs(0)('GET', '/api/applications/shop')
    return { version: (answer.body as ApplicationView).version, ...documentOf(answer) }
  }

  private async enrol(root: Ask, name: string): Promise<string> {
    const grants = (['editor', 'approver'] as const).map((role) => ({ role, on: '*' }))
    const made = await root('POST', '/api/users', { body: { name, password: PASSWORD, grants } })
    if (made.status >= 300) throw new Error(JSON.stringify(made.body))
    const at = Number(name.replace(/\D/g, '')) % this.services.length
    const url = `http://127.0.0.1:${this.services[at]?.managementPort}`
    const body = { name, password: PASSWORD }
    const { headers } = await asking(url, { origin: url })('POST', '/api/session', { body })
    return headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }

  private askAs(person: number): Ask {
    const service = this.services[Math.floor(Math.random() * this.services.length)]
    const url = `http://127.0.0.1:${service?.managementPort}`
    return asking(url, { origin: url, cookie: this.cookies[person] ?? '' })
  }

  private async attempt(person: number): Promise<void> {
    const ask = this.askAs(person)
    try {
      if (Math.random() < DECIDED_OF_OPEN) await this.decide(ask)
      else await this.propose(ask, person)
    } catch (error) {
      // `fetch` fails with this when nobody answers: the process was killed.
      if (!(error instanceof TypeError)) throw error
      this.told.unanswered++
    }
  }

  private async propose(ask: Ask, person: number): Promise<void> {
    const answer = await ask('GET', '/api/applications/shop')
    if (!this.isGranted(answer)) return
    const document = documentOf(answer)
    const title = `/P${person}/N${this.proposals++}`
    const { version: baseVersion } = answer.body as ApplicationView
    const whitelist = [...document.whitelist, title]
    const body = { subject: SUBJECT, title, baseVersion, document: { ...document, whitelist } }
    this.isGranted(await ask('POST', '/api/changes', { body }))
  }

  private async decide(ask: Ask): Promise<void> {
    const open = await ask('GET', '/api/changes?state=open&limit=200')
    if (!this.isGranted(open)) return
    const { items } = open.body as { items: readonly ChangeSummary[] }
    const chosen = items[Math.floor(Math.random() * items.length)]
    if (!chosen) return
    const path = `/api/changes/${chosen.id}`
    const seen = await ask('GET', path)
    if (!this.isGranted(seen)) return
    const { isStale } = seen.body as ChangeView
    const headers = { 'if-match': seen.headers.get('etag') ?? '' }
    const verdict = isStale ? 'rejection' : 'approval'
    const decided = await ask('POST', `${path}/${verdict}`, { headers, body: {} })
    if (!this.isGranted(decided)) return
    const { applied } = decided.body as ChangeView
    if (applied) this.told.applied.set(chosen.id, applied.version)
  }

  private isGranted({ status, body }: Answer): boolean {
    if (status < 300) return true
    if (REFUSALS.has(status)) this.told.refused++
    else this.told.offences.push(`${status} ${JSON.stringify(body)}`)
    return false
  }
}

/** What is wrong with a history; nothing when it is linear, and each change set that was told as applied is in it once. */
export function historyOffences(
  history: Awaited<ReturnType<Editing['history']>>,
  { applied, offences }: Told,
): readonly string[] {
  const found = [...offences]
  const versions = new Map<string, number>()
  for (const [at, { version, change, title, added }] of history.entries()) {
    if (version !== at) found.push(`version ${version} stands where ${at} should`)
    if (at === 0) continue
    if (change === null) found.push(`version ${version} came without a change set`)
    else if (versions.has(change)) found.push(`${change} was applied twice`)
    else versions.set(change, version)
    if (added.length !== 1 || added[0] !== title)
      found.push(`version ${version} is "${title}", and made ${added.join()}`)
  }
  for (const [change, version] of applied)
    if (versions.get(change) !== version) found.push(`${change} was told as version ${version}`)
  return found
}
