import { readByNode } from '../faces/proxy/transport/wire/node-reading.js'
import { refusalOf, type ReadingOptions } from '../faces/proxy/transport/wire/reading.js'
import { readByUs } from '../faces/proxy/transport/wire/understood.js'
import { spend, type Budget, type Report } from './budget.js'
import { Chance } from './chance.js'
import { mutated } from './mutate.js'
import { REUSE, REWORDED, STRICTER, type Difference } from './response-differences.js'
import { GOOD_RESPONSES, RESPONSES } from './response-corpus.js'
import { shrunk } from './shrink.js'

const AT_ONCE = 64

/** What a response is read as the answer to. */
const CONTEXTS: readonly ReadingOptions[] = [{}, {}, { isHead: true }, { mayUpgrade: true }]

/** The pieces of what stands before `size`. */
function upTo(size: number, pieces: readonly string[]): string[] {
  const kept: string[] = []
  let left = size
  for (const piece of pieces) {
    if (left > 0) kept.push(piece.slice(0, left))
    left -= piece.length
  }
  return kept
}

/**
 * Where the readings of a response differ, if they do; 'understood' or 'refused' by both otherwise.
 * @throws Error when our reading depends on how the bytes are cut
 */
async function compared(
  pieces: readonly string[],
  options: ReadingOptions,
): Promise<Difference | 'understood' | 'refused'> {
  const whole = pieces.join('')
  const ours = readByUs(pieces, options)
  if (JSON.stringify(ours) !== JSON.stringify(readByUs([whole], options)))
    throw new Error(`cut into ${JSON.stringify(pieces)}, it is another response`)
  // What is behind the end is none of the response's, and drops the connection.
  const isMessage = ours.understood !== undefined && !('switched' in ours.understood)
  const shown = isMessage ? upTo(ours.size, pieces) : pieces
  const nodes = await readByNode(shown, options)
  if (!nodes && !ours.understood) return 'refused'
  if (JSON.stringify(nodes) === JSON.stringify(ours.understood)) return 'understood'
  const refusal = refusalOf(Buffer.from(whole, 'latin1'), options)
  return { text: shown.join(''), options, ours, nodes, refusal }
}

/** The name of what explains a difference; undefined when nothing does. */
async function explained(difference: Difference): Promise<string | undefined> {
  const { ours, nodes } = difference
  const kinds = !nodes ? {} : ours.understood ? REUSE : STRICTER
  for (const [name, kind] of Object.entries(kinds)) if (kind.is(difference)) return name
  return await explainedInOtherWords(difference)
}

async function explainedInOtherWords(difference: Difference): Promise<string | undefined> {
  const { text, options, ours } = difference
  for (const [name, { reworded }] of Object.entries(REWORDED)) {
    const words = reworded(text)
    if (words === text) continue
    const again = await compared([words], options)
    if (again === 'understood' || (again === 'refused' && !ours.understood)) return name
    const rest = again === 'refused' ? undefined : await explained(again)
    if (rest !== undefined) return `${name}, ${rest}`
  }
  return undefined
}

/** The outcome for one response; throws when the difference has no name. */
async function outcomeOf(pieces: readonly string[], options: ReadingOptions): Promise<string> {
  const found = await compared(pieces, options)
  if (typeof found === 'string') return found
  const name = await explained(found)
  if (name === undefined) {
    const { ours, nodes, refusal = '' } = found
    throw new Error(`we: ${JSON.stringify(ours)} ${refusal}\n  Node: ${JSON.stringify(nodes)}`)
  }
  return `different: ${name}`
}

async function attempt(seed: number): Promise<string> {
  const chance = new Chance(seed)
  const options = chance.of(CONTEXTS)
  const text = mutated(
    chance.of(chance.happens(0.75) ? GOOD_RESPONSES : RESPONSES),
    chance,
    RESPONSES,
  )
  const pieces = chance.cut(text)
  try {
    return await outcomeOf(pieces, options)
  } catch {
    throw new Error(await told(text, pieces, options))
  }
}

async function failureOf(pieces: readonly string[], options: ReadingOptions): Promise<string> {
  return await outcomeOf(pieces, options).then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

/** A failure with as few bytes as do it. */
async function told(
  text: string,
  pieces: readonly string[],
  options: ReadingOptions,
): Promise<string> {
  const failsWhole = async (it: string) => (await failureOf([it], options)) !== ''
  const short = (await failsWhole(text)) ? [await shrunk(text, failsWhole)] : pieces
  const failure = await failureOf(short, options)
  return `${JSON.stringify(options)} ${JSON.stringify(short)}\n  ${failure}`
}

/** Damaged responses, each read by our parser and by Node's own client. */
export function fuzzResponses(budget: Budget): Promise<Report> {
  return spend(budget, attempt, AT_ONCE)
}
