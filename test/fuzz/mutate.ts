import type { Chance } from './chance.js'

/** Bytes that mean something somewhere. */
const ATOMS: readonly string[] = [
  ...['\r', '\n', '\r\n', '\r\r\n', '\n\r', '\r\n\r\n', '\n\n', '\r\n ', '\r\n\t', '\n '],
  ...['\0', '\t', ' ', '\x0b', '\x0c', '\x7f', '\x80', '\xff', '\x01', '\x85', '\xa0'],
  ...[':', ';', ',', '"', '=', '/', '?', '#', '%', '\\', '-', '+', '_', '.', '(', '*'],
  ...['0', '1', '5', '9', 'a', 'F', 'g', 'x', '0x', '00', 'chunked', 'HTTP/1.1', ': ', 'X: y\r\n'],
]

const NUMBERS: readonly string[] = [
  ...['0', '1', '2', '3', '5', '6', '7', '10', 'a', 'A', 'f', '00', '05', '0005', '5.0', '5 5'],
  ...['+5', '-5', '-1', '0x5', '5,5', '5, 5', '', '1e1', '5;', '5 ', ' 5', '\t5', '5\t', '5\x0b'],
  ...['99', '100', '101', '102', '103', '199', '204', '205', '304', '404', '600', '999', '1000'],
  ...['4294967296', '9007199254740993', '18446744073709551616', '7fffffffffffffff', 'ffffffff'],
]

/** Lines that frame a message, or seem to. */
export const FRAMING_LINES: readonly string[] = [
  ...[
    '0',
    '2',
    '5',
    '6',
    '05',
    '+5',
    '-5',
    '5, 5',
    '5,6',
    '0x5',
    '5 ',
    '',
    '5\t',
    'five',
    '5;',
  ].map((value) => `Content-Length: ${value}`),
  ...['chunked', 'Chunked', 'identity', 'gzip', 'gzip, chunked', 'chunked, gzip', 'chunked,'].map(
    (value) => `Transfer-Encoding: ${value}`,
  ),
  ...['chunked, chunked', ', chunked', 'xchunked', 'chunked;q=1', '"chunked"', '\x0bchunked'].map(
    (value) => `Transfer-Encoding: ${value}`,
  ),
  ...['', ' chunked', 'chunked ', '\tchunked'].map((value) => `Transfer-Encoding:${value}`),
  ...['Content-Length : 5', 'Content_Length: 5', 'Content-Length\t: 5', ' Content-Length: 5'],
  ...['Transfer-Encoding : chunked', 'Transfer_Encoding: chunked', '\tTransfer-Encoding: chunked'],
  ...['content-length:5', 'TRANSFER-ENCODING: CHUNKED', 'Transfer-Encoding:\r\n chunked'],
  ...[
    'Content-Length:\r\n 5',
    'X: a\r\n b',
    'X: a\r\n\tContent-Length: 5',
    'X: a\nContent-Length: 5',
  ],
  ...[
    'close',
    'keep-alive',
    'Close, X-A',
    'upgrade',
    'TE, close',
    'content-length',
    ',',
    '',
    'x',
  ].map((value) => `Connection: ${value}`),
  ...[
    'Keep-Alive: timeout=5',
    'Keep-Alive: timeout=0',
    'Upgrade: chat',
    'Upgrade: h2c',
    'Upgrade:',
  ],
  ...[
    'Trailer: X-Sum',
    'TE: trailers',
    'X-Empty:',
    'X\0: y',
    'X: \0',
    'X',
    ': y',
    'X y: z',
    'X\x80: y',
  ],
]

type Mutation = (text: string, chance: Chance, corpus: readonly string[]) => string

/** `text` with what stands from `at` to `end` replaced. */
function replaced(text: string, at: number, end: number, by: string): string {
  return text.slice(0, at) + by + text.slice(end)
}

function range(text: string, chance: Chance): [from: number, to: number] {
  const from = chance.upTo(text.length)
  return [from, Math.min(text.length, from + 1 + chance.upTo(chance.of([1, 4, 30])))]
}

/** One of the places where `pattern` (global) matches. */
function matchIn(text: string, pattern: RegExp, chance: Chance): RegExpMatchArray | undefined {
  const matches = [...text.matchAll(pattern)]
  return matches.length === 0 ? undefined : chance.of(matches)
}

function atMatch(pattern: RegExp, by: (found: string, chance: Chance) => string): Mutation {
  return (text, chance) => {
    const match = matchIn(text, pattern, chance)
    if (!match) return text
    return replaced(
      text,
      match.index ?? 0,
      (match.index ?? 0) + match[0].length,
      by(match[0], chance),
    )
  }
}

function flip(text: string, chance: Chance): string {
  const at = chance.upTo(text.length)
  const flipped = text.charCodeAt(at) ^ (1 << chance.upTo(8))
  return replaced(text, at, at + 1, String.fromCharCode(flipped))
}

const MUTATIONS: readonly Mutation[] = [
  flip,
  (text, chance) => {
    const at = chance.upTo(text.length)
    return replaced(text, at, at + 1, chance.of(ATOMS))
  },
  (text, chance) => {
    const at = chance.upTo(text.length + 1)
    return replaced(text, at, at, chance.of(ATOMS))
  },
  (text, chance) => replaced(text, ...range(text, chance), ''),
  (text, chance) => {
    const [from, to] = range(text, chance)
    return replaced(text, to, to, text.slice(from, to))
  },
  (text, chance) => {
    const [from, to] = range(text, chance)
    const rest = replaced(text, from, to, '')
    const at = chance.upTo(rest.length + 1)
    return replaced(rest, at, at, text.slice(from, to))
  },
  atMatch(/\r\n/g, (_, chance) =>
    chance.of(['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', '\r\n ', '']),
  ),
  atMatch(/\r\n/g, (end, chance) => `${end}${chance.of(FRAMING_LINES)}\r\n`),
  atMatch(/\r\n/g, (end, chance) => `${end}${chance.of(FRAMING_LINES)}\r\n`),
  atMatch(/[^\r\n]*\r\n/g, (line) => line + line),
  atMatch(/[^\r\n]*\r\n/g, () => ''),
  atMatch(/[^\r\n]+\r\n/g, (_, chance) => `${chance.of(FRAMING_LINES)}\r\n`),
  atMatch(/[0-9a-fA-F]+/g, (_, chance) => chance.of(NUMBERS)),
  atMatch(/\d+/g, (_, chance) => chance.of(NUMBERS)),
  atMatch(/[A-Za-z]+/g, (word, chance) =>
    chance.happens(0.5) ? word.toUpperCase() : word.toLowerCase(),
  ),
  atMatch(/: ?/g, (_, chance) =>
    chance.of([':', ' : ', ':\t', ': \t ', '', '::', ':\r\n ', ':\x0b']),
  ),
  (text, chance, corpus) => {
    const other = chance.of(corpus)
    return text.slice(0, chance.upTo(text.length + 1)) + other.slice(chance.upTo(other.length + 1))
  },
  (text, chance) => text.slice(0, chance.upTo(text.length + 1)),
  (text, chance, corpus) => text + chance.of(corpus),
]

/**
 * `text` (each character a byte) with none to about four things done to it that break messages or change where they end.
 * @param corpus of which other messages are spliced in
 */
export function mutated(text: string, chance: Chance, corpus: readonly string[]): string {
  let result = text
  for (let times = 0; times < 6 && chance.happens(times === 0 ? 0.95 : 0.5); times++) {
    result = chance.of(MUTATIONS)(result, chance, corpus)
  }
  return result
}
