import { isIP } from 'node:net'
import { PointsmanError } from '../../core/errors.js'

/** First and last line of what belongs to Pointsman in a hosts file. */
export const BEGIN = '# BEGIN POINTSMAN MANAGED BLOCK'
export const END = '# END POINTSMAN MANAGED BLOCK'

/** An address and the one name it has. */
export interface HostsLine {
  readonly address: string
  readonly name: string
}

/**
 * A hosts file taken apart. Texts have one character for each byte (latin1), so that what is not ours survives in any
 * encoding.
 */
export interface HostsText {
  /** What stands above the block; everything when there is none. */
  readonly above: string
  /** The lines of the block; of several for one name the first. */
  readonly lines: readonly HostsLine[]
  /** What stands below the block. */
  readonly below: string
  /** What ends the first line of the file, and is to end ours. */
  readonly lineEnd: string
  /** What had to be put right, for people. */
  readonly repairs: readonly string[]
}

const MARKER = /^[ \t]*(# (?:BEGIN|END) POINTSMAN MANAGED BLOCK)[ \t\r]*\n?$/
const LINE = /^[ \t]*(\S+)[ \t]+([^\s#]+)[ \t\r]*\n?$/
const BLANK = /^[ \t\r]*\n?$/

/** An address and one name: the form of our lines, which others may have as well. */
function parseLine(text: string): HostsLine | undefined {
  const [, address = '', name = ''] = LINE.exec(text) ?? []
  return isIP(address) === 0 ? undefined : { address, name: name.toLowerCase() }
}

/** Where the markers stand, as indices of lines. */
interface Markers {
  readonly blocks: readonly (readonly [begin: number, end: number])[]
  /** Those without their partner. */
  readonly strays: readonly number[]
}

function findMarkers(lines: readonly string[]): Markers {
  const blocks: [number, number][] = []
  const strays: number[] = []
  let open: number | undefined
  for (const [at, line] of lines.entries()) {
    const marker = MARKER.exec(line)?.[1]
    if (marker === undefined) continue
    if (marker === END) {
      if (open === undefined) strays.push(at)
      else blocks.push([open, at])
      open = undefined
    } else {
      if (open !== undefined) strays.push(open)
      open = at
    }
  }
  if (open !== undefined) strays.push(open)
  return { blocks, strays }
}

/**
 * A marker without its partner may go when no line of the form of ours adjoins it. Otherwise nobody can tell which of those
 * lines are ours, and the file is left alone.
 */
function checkStray(lines: readonly string[], at: number): void {
  const isBegin = MARKER.exec(lines[at] ?? '')?.[1] === BEGIN
  const step = isBegin ? 1 : -1
  let next = at + step
  while (BLANK.test(lines[next] ?? 'beyond the file')) next += step
  if (parseLine(lines[next] ?? '') === undefined) return
  const [own, partner] = isBegin ? [BEGIN, END] : [END, BEGIN]
  throw new PointsmanError(
    'HOSTS_BLOCK_BROKEN',
    `line ${at + 1} is "${own}" without its "${partner}", and which lines around it are Pointsman's cannot be told: ` +
      'put the missing marker where it was, or delete this one together with the lines that belong to it',
  )
}

function repairsOf(
  { blocks, strays }: Markers,
  moved: readonly string[],
  lines: readonly string[],
): readonly string[] {
  const repairs = strays.map((at) => `removed a stray "${MARKER.exec(lines[at] ?? '')?.[1]}"`)
  if (blocks.length > 1) repairs.push(`made one block out of ${blocks.length}`)
  if (moved.length > 0)
    repairs.push(`moved what is not Pointsman's out of the block: ${moved.length} of its lines`)
  return repairs
}

/**
 * Takes a hosts file apart.
 *
 * Several whole blocks become one, in the place of the first. What stands inside a block and is neither blank nor an address
 * with a single name is not ours: it moves below the block. Markers without a partner are dropped when that loses nothing.
 * @throws PointsmanError HOSTS_BLOCK_BROKEN when it cannot be told which lines are ours
 */
export function parseHostsText(text: string): HostsText {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const markers = findMarkers(lines)
  for (const at of markers.strays) checkStray(lines, at)
  const ours = new Map<string, HostsLine>()
  const moved: string[] = []
  const gone = new Set(markers.strays)
  for (const [begin, end] of markers.blocks) {
    for (let at = begin; at <= end; at++) {
      gone.add(at)
      const text = lines[at] ?? ''
      const line = parseLine(text)
      if (line && !ours.has(line.name)) ours.set(line.name, line)
      else if (!line && !BLANK.test(text) && !MARKER.test(text)) moved.push(text)
    }
  }
  const isKept = (_: string, at: number): boolean => !gone.has(at)
  const place = markers.blocks[0]?.[0] ?? lines.length
  const kept = (from: number, to: number): string =>
    lines
      .slice(from, to)
      .filter((line, at) => isKept(line, at + from))
      .join('')
  return {
    above: kept(0, place),
    lines: [...ours.values()],
    below: moved.join('') + kept(place, lines.length),
    lineEnd: lines[0]?.endsWith('\r\n') ? '\r\n' : '\n',
    repairs: repairsOf(markers, moved, lines),
  }
}

/** The text with these lines in the block; without lines there is no block. */
export function renderHostsText(text: HostsText, lines: readonly HostsLine[]): string {
  const { above, below, lineEnd } = text
  if (lines.length === 0) return above + below
  const width = Math.max(...lines.map(({ address }) => address.length)) + 2
  const block = [BEGIN, ...lines.map(({ address, name }) => address.padEnd(width) + name), END]
  const joint = above === '' || above.endsWith('\n') ? '' : lineEnd
  return above + joint + block.map((line) => line + lineEnd).join('') + below
}

/** The addresses that some of `names` have outside the block, where the resolver finds them as well. */
export function addressesOutside(
  { above, below }: HostsText,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const line of `${above}\n${below}`.split('\n')) {
    const [address = '', ...others] = line.replace(/#.*/s, '').trim().split(/\s+/)
    for (const other of others) {
      const name = other.toLowerCase()
      if (names.has(name)) found.set(name, [...(found.get(name) ?? []), address])
    }
  }
  return found
}
