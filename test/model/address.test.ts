import { isIPv4, isIPv6 } from 'node:net'
import { test } from 'tap'
import { readNetwork } from '../../src/model/address.js'
import { ipv4Word } from '../../src/model/ipv4.js'
import { ipv6Words } from '../../src/model/ipv6.js'

/** Draws from a seed, so that a failure can be seen again. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** The address as the URL parser writes it: hexadecimal, with at most one gap. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

function hex(words: readonly number[]): string {
  return words
    .flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)])
    .join(':')
}

test('An IPv6 address is what Node takes for one, and means what a URL means by it', (t) => {
  const draw = seeded(11)
  const pieces = [
    '0',
    '1',
    'ab',
    'FFFF',
    '0001',
    '12345',
    'g',
    ':',
    ':',
    ':',
    '::',
    '1.2.3.4',
    '255.255.255.256',
    '%',
    '%e0',
    '.',
    '-',
  ]
  let valid = 0
  const compare = (text: string): void => {
    const words = ipv6Words(text)
    if ((words !== undefined) !== isIPv6(text)) t.fail(`${text}: ${words ? hex(words) : 'none'}`)
    if (!words) return
    valid++
    const [address = ''] = text.split('%')
    if (canonical(hex(words)) !== canonical(address)) t.fail(`${text} is not ${hex(words)}`)
  }
  for (let round = 0; round < 60_000; round++) {
    compare(Array.from({ length: draw(10) }, () => pieces[draw(pieces.length)]).join(''))
    const groups = Array.from({ length: 1 + draw(9) }, () => pieces[draw(5)])
    const gap = draw(groups.length + 1)
    compare(
      [...groups.slice(0, gap), ...(draw(2) === 0 ? [''] : []), ...groups.slice(gap)].join(':'),
    )
  }
  t.ok(valid > 5_000, `${valid} addresses were compared`)
  for (const text of [
    '::',
    '1::',
    '::1',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:2:3:4:5:6:1.2.3.4',
    '::1.2.3.4',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::8',
    '1:2:3:4:5:6:7:1.2.3.4',
    ':::',
    ':1',
    '1:',
    '::1.2.3.4:5',
    '',
  ])
    compare(text)
  t.end()
})

test('An IPv4 address is what Node takes for one', (t) => {
  const draw = seeded(5)
  const pieces = ['0', '1', '25', '255', '256', '00', '01', '.', '.', '.', '-1', ' ', 'a']
  for (let round = 0; round < 50_000; round++) {
    const text =
      draw(2) === 0
        ? Array.from({ length: draw(9) }, () => pieces[draw(pieces.length)]).join('')
        : Array.from({ length: 4 }, () => pieces[draw(7)]).join('.')
    const word = ipv4Word(text)
    if ((word !== undefined) !== isIPv4(text)) t.fail(text)
    if (word === undefined) continue
    const bytes = [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]
    if (bytes.join('.') !== text) t.fail(`${text} is not ${bytes.join('.')}`)
  }
  t.end()
})

test('A network is from its lowest to its highest address', (t) => {
  const cells = [
    ['204.11.58.63/27', 4, '0:0:0:0:0:0:cc0b:3a20', '0:0:0:0:0:0:cc0b:3a3f'],
    ['10.0.0.1', 4, '0:0:0:0:0:0:a00:1', '0:0:0:0:0:0:a00:1'],
    ['10.0.0.1/0', 4, '0:0:0:0:0:0:0:0', '0:0:0:0:0:0:ffff:ffff'],
    ['2001:db8::5/33', 6, '2001:db8:0:0:0:0:0:0', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::5/127', 6, '2001:db8:0:0:0:0:0:4', '2001:db8:0:0:0:0:0:5'],
    ['::/0', 6, '0:0:0:0:0:0:0:0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::ffff:10.0.0.1/104', 4, '0:0:0:0:0:0:a00:0', '0:0:0:0:0:0:aff:ffff'],
    ['::ffff:0:0/95', 6, '0:0:0:0:0:fffe:0:0', '0:0:0:0:0:ffff:ffff:ffff'],
  ] as const
  for (const [text, family, low, high] of cells) {
    const network = readNetwork(text)
    t.same(
      [network?.family, hex(network?.low ?? []), hex(network?.high ?? [])],
      [family, low, high],
      text,
    )
  }
  t.end()
})
