import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { ruleOf, startFace } from '../faces/proxy/face.js'
import { value } from '../support/http-message.js'
import { parseResponse } from '../support/raw.js'
import { readRequests, type StrictRequest } from '../support/strict-requests.js'
import { StrictTarget, type Answer, type Asker, type Seen } from '../support/strict-target.js'
import { spend, type Budget, type Report } from './budget.js'
import { Chance } from './chance.js'
import { mutated } from './mutate.js'
import { REQUESTS } from './request-corpus.js'
import { shrunk } from './shrink.js'

const AT_ONCE = 32
/** Nothing takes so long, counted in beats: while other work of the machine keeps this process waiting, none passes. */
const STUCK_BEATS = 100
const BEAT_MS = 100

const TURNS = 4
const MAX_RECENT = 10_000

/** What a client has sent and got. */
interface Exchange {
  readonly sent: string
  readonly seen: readonly Seen[]
  /** Statuses of final answers, with the number of the request that the target saw; 0 for the proxy's own. */
  readonly answers: readonly { readonly status: number; readonly number: number }[]
  readonly problems: readonly string[]
}

/** An answer in one of the ways there are, that tells which request it is for. */
function answerTo({ method, number, fields }: Seen, chance: Chance): Answer {
  const isUpgrade = fields.some(([name]) => name.toLowerCase() === 'upgrade')
  const head = `HTTP/1.1 200 OK\r\nX-Seen: ${number}\r\n`
  const texts = [
    `${head}Content-Length: 2\r\n\r\nok`,
    `${head}Content-Length: 0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    `HTTP/1.1 103 Early Hints\r\n\r\n${head}Content-Length: 2\r\n\r\nok`,
    `HTTP/1.1 204 No Content\r\nX-Seen: ${number}\r\n\r\n`,
    `${head}Connection: close\r\n\r\nok`,
  ]
  const switching = `HTTP/1.1 101 Switching Protocols\r\nX-Seen: ${number}\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n`
  // Who reads the answer does not know of the method: to HEAD, all say the same of the body.
  const plain = method === 'HEAD' ? `${head}Content-Length: 0\r\n\r\n` : chance.of(texts)
  const text = isUpgrade && chance.happens(0.7) ? switching : plain
  return {
    text,
    isEarly: chance.happens(0.1),
    continues: chance.happens(0.7),
    closes: text.includes('Connection: close'),
  }
}

/** The final answers in what a client got. */
function answersIn(text: string): Exchange['answers'] {
  const answers: { status: number; number: number }[] = []
  let bytes = Buffer.from(text, 'latin1')
  while (bytes.length > 0) {
    const parsed = parseResponse(bytes, 'GET', true)
    if (!parsed) throw new Error(`an answer that is not whole: ${JSON.stringify(text)}`)
    const { status, fields } = parsed.response
    answers.push({ status, number: Number(value(fields, 'x-seen') ?? 0) })
    // What follows a 101 is a tunnel's.
    if (status === 101) break
    bytes = bytes.subarray(parsed.sizeBytes)
  }
  return answers
}

/** The path and query that a target gets to see. */
function pathOf(target: string): string {
  const absolute = /^https?:\/\/[^/?]*/i.exec(target)
  const rest = absolute ? target.slice(absolute[0].length) : target
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Whether what the target saw is the client's request, or the beginning of it. */
function isOf(seen: Seen, asked: StrictRequest): boolean {
  if (seen.method !== asked.method || seen.target !== pathOf(asked.target)) return false
  return seen.isWhole ? asked.isWhole && seen.body === asked.body : asked.body.startsWith(seen.body)
}

/** What is wrong; undefined when nothing is. */
function wrongWith({ sent, seen, answers, problems }: Exchange): string | undefined {
  if (problems.length > 0) return problems.join('; ')
  if (seen.length > answers.length) return 'more requests than answers'
  const asked = readRequests(sent, { emptyLines: true, anyTarget: true, extensions: true })
  const mayBeRefused = asked.end < sent.length ? 1 : 0
  const wholes = asked.requests.filter(({ isWhole }) => isWhole).length
  if (answers.length > wholes + mayBeRefused) return 'more answers than requests'
  let at = 0
  for (const one of seen) {
    while (at < asked.requests.length && !isOf(one, asked.requests[at] as StrictRequest)) at++
    if (at++ >= asked.requests.length) return `a request that nobody made: ${JSON.stringify(one)}`
  }
  const numbers = seen.map(({ number }) => number)
  const answered = answers.flatMap(({ number }) => (number > 0 ? [number] : []))
  let next = 0
  for (const number of answered) {
    next = numbers.indexOf(number, next) + 1
    if (next === 0) return `the answer to another request: ${number}`
  }
  return undefined
}

/** The proxy, a strict target behind it, and clients of it. */
class Stage {
  private readonly target: StrictTarget
  private readonly port: number
  private readonly recent: string[] = []
  private clients = 0

  constructor(target: StrictTarget, port: number) {
    this.target = target
    this.port = port
  }

  /** Sends `pieces` (latin1) by a connection of its own, ends, and reads to the end. */
  async exchange(pieces: readonly string[], chance: Chance): Promise<Exchange> {
    const client = this.clients++
    const address = `127.${1 + ((client >> 15) % 200)}.${(client >> 7) % 256}.${1 + (client % 128)}`
    const seen: Seen[] = []
    const problems: string[] = []
    const asker: Asker = { seen, problems, answer: (request) => answerTo(request, chance) }
    this.target.askers.set(address, asker)
    try {
      const got = await this.send(address, pieces)
      // What was sent to the target before the answer is on its way to it.
      for (let turns = 0; turns < TURNS; turns++) await turn()
      problems.push(...this.target.problems.splice(0))
      return { sent: pieces.join(''), seen, problems, answers: answersIn(got) }
    } finally {
      this.recent.push(address)
      // A connection to the target that is just being made may bring more, on a busy machine.
      if (this.recent.length > MAX_RECENT) this.target.askers.delete(this.recent.shift() ?? '')
    }
  }

  private async send(localAddress: string, pieces: readonly string[]): Promise<string> {
    const { port } = this
    const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true })
    socket.setNoDelay(true)
    let got = ''
    socket.setEncoding('latin1').on('data', (text: string) => (got += text))
    let beats = 0
    const beat = setInterval(() => {
      if (++beats === STUCK_BEATS) socket.destroy(new Error(`stuck, with ${JSON.stringify(got)}`))
    }, BEAT_MS)
    try {
      await once(socket, 'connect')
      const ended = once(socket, 'end')
      for (const piece of pieces) {
        await new Promise((resolve) => socket.write(piece, 'latin1', resolve))
      }
      socket.end()
      await ended
      return got
    } finally {
      clearInterval(beat)
      socket.destroy()
    }
  }
}

async function outcomeOf(stage: Stage, pieces: readonly string[], seed: number): Promise<string> {
  const exchange = await stage.exchange(pieces, new Chance(seed))
  const problem = wrongWith(exchange)
  if (problem !== undefined) {
    const { seen, answers } = exchange
    throw new Error(
      `${problem}\n  seen: ${JSON.stringify(seen)}\n  answers: ${JSON.stringify(answers)}`,
    )
  }
  const { seen, answers } = exchange
  return `${answers.length} answers, of ${seen.length} requests that the target saw`
}

function failureOf(stage: Stage, pieces: readonly string[], seed: number): Promise<string> {
  return outcomeOf(stage, pieces, seed).then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

async function attempt(stage: Stage, seed: number): Promise<string> {
  const chance = new Chance(seed)
  const count = 1 + chance.upTo(4)
  const text = Array.from({ length: count }, () =>
    chance.happens(0.3) ? chance.of(REQUESTS) : mutated(chance.of(REQUESTS), chance, REQUESTS),
  ).join('')
  const pieces = chance.cut(text)
  try {
    return await outcomeOf(stage, pieces, seed)
  } catch {
    const failsWhole = async (it: string) => (await failureOf(stage, [it], seed)) !== ''
    const short = (await failsWhole(text)) ? [await shrunk(text, failsWhole)] : pieces
    throw new Error(`${JSON.stringify(short)}\n  ${await failureOf(stage, short, seed)}`)
  }
}

/** Damaged requests, one behind the other, through the proxy to a target that reads strictly. */
export async function fuzzRequests(budget: Budget): Promise<Report> {
  const actions: (() => unknown)[] = []
  const target = await StrictTarget.start()
  try {
    const settings = { accessLog: 'off' as const, rules: [ruleOf({ targetGroup: 'strict' })] }
    const t = { teardown: (action: () => unknown) => void actions.push(action) }
    const { port } = await startFace(t, () => undefined, { settings, others: { strict: target } })
    const stage = new Stage(target, port)
    return await spend(budget, (seed) => attempt(stage, seed), AT_ONCE)
  } finally {
    target.close()
    for (const action of actions) await action()
  }
}
