import { test } from 'tap'
import {
  addressesOutside,
  BEGIN,
  END,
  parseHostsText,
  renderHostsText,
  type HostsLine,
} from '../../../src/faces/hosts/hosts-text.js'

const A: HostsLine = { address: '10.0.0.1', name: 'a.internal' }
const B: HostsLine = { address: '2001:db8::1', name: 'b.internal' }
const BLOCK_A = `${BEGIN}\n10.0.0.1  a.internal\n${END}\n`
const LOCAL = '127.0.0.1\tlocalhost\n'

/** What becomes of a text when these lines are wanted. */
function edited(text: string, lines: readonly HostsLine[]): string {
  return renderHostsText(parseHostsText(text), lines)
}

const EDITS: readonly {
  readonly name: string
  readonly text: string
  readonly lines: readonly HostsLine[]
  readonly becomes: string
}[] = [
  { name: 'an empty file', text: '', lines: [A], becomes: BLOCK_A },
  { name: 'a file without a block', text: LOCAL, lines: [A], becomes: LOCAL + BLOCK_A },
  {
    name: 'a file whose last line does not end',
    text: '127.0.0.1 localhost',
    lines: [A],
    becomes: `127.0.0.1 localhost\n${BLOCK_A}`,
  },
  {
    name: 'a file with CRLF',
    text: '127.0.0.1 localhost\r\n# end',
    lines: [A],
    becomes: `127.0.0.1 localhost\r\n# end\r\n${BLOCK_A.replaceAll('\n', '\r\n')}`,
  },
  {
    name: 'a block with CRLF in the middle',
    text: `a\r\n${BLOCK_A.replaceAll('\n', '\r\n')}b\r\n`,
    lines: [{ ...A, address: '10.0.0.2' }],
    becomes: `a\r\n${BLOCK_A.replace('0.1', '0.2').replaceAll('\n', '\r\n')}b\r\n`,
  },
  {
    name: 'a block in the middle',
    text: `${LOCAL}${BLOCK_A}# more\n`,
    lines: [A, B],
    becomes: `${LOCAL}${BEGIN}\n10.0.0.1     a.internal\n2001:db8::1  b.internal\n${END}\n# more\n`,
  },
  { name: 'a block that is to go', text: `x\n${BLOCK_A}y`, lines: [], becomes: 'x\ny' },
  { name: 'no block, and none wanted', text: 'no end', lines: [], becomes: 'no end' },
  {
    name: 'an end marker without a line end',
    text: `${LOCAL}${BLOCK_A}`.slice(0, -1),
    lines: [A],
    becomes: LOCAL + BLOCK_A,
  },
  {
    name: 'tabs, blanks and indented markers',
    text: `\t${BEGIN} \n \t10.0.0.9\t \ta.internal \t\n  ${END}\t\r\nrest`,
    lines: [A],
    becomes: `${BLOCK_A}rest`,
  },
  {
    name: 'blank lines in the block',
    text: `${BEGIN}\n\n10.0.0.1  a.internal\n \t\n${END}\n`,
    lines: [A],
    becomes: BLOCK_A,
  },
  { name: 'an empty block', text: `x\n${BEGIN}\n${END}\n`, lines: [A], becomes: `x\n${BLOCK_A}` },
  {
    name: 'lines in the block that are not ours',
    text: `x\n${BEGIN}\n# mine\n10.0.0.1  a.internal\n10.0.0.5 two names\n10.0.0.6 c # why\n${END}\ny\n`,
    lines: [A],
    becomes: `x\n${BLOCK_A}# mine\n10.0.0.5 two names\n10.0.0.6 c # why\ny\n`,
  },
  {
    name: 'two blocks',
    text: `x\n${BLOCK_A}y\n${BLOCK_A}z\n`,
    lines: [A],
    becomes: `x\n${BLOCK_A}y\nz\n`,
  },
  {
    name: 'two blocks with lines between that are not ours',
    text: `${BLOCK_A}10.0.0.7 other\n${BEGIN}\n10.0.0.8  old\n# mine\n${END}\n`,
    lines: [A],
    becomes: `${BLOCK_A}# mine\n10.0.0.7 other\n`,
  },
  { name: 'a lone BEGIN at the end', text: `x\n${BEGIN}`, lines: [A], becomes: `x\n${BLOCK_A}` },
  {
    name: 'a lone BEGIN above a comment',
    text: `${BEGIN}\n\n# mine\n10.0.0.7 other\n`,
    lines: [A],
    becomes: `\n# mine\n10.0.0.7 other\n${BLOCK_A}`,
  },
  {
    name: 'a lone END below lines of several names',
    text: `127.0.0.1 localhost me\n${END}\nx\n`,
    lines: [A],
    becomes: `127.0.0.1 localhost me\nx\n${BLOCK_A}`,
  },
  {
    name: 'END before BEGIN with nothing between',
    text: `# top\n${END}\n${BEGIN}\n`,
    lines: [A],
    becomes: `# top\n${BLOCK_A}`,
  },
  {
    name: 'BEGIN inside BEGIN, at once',
    text: `x\n${BEGIN}\n${BLOCK_A}y\n`,
    lines: [A],
    becomes: `x\n${BLOCK_A}y\n`,
  },
  {
    name: 'bytes of any encoding, NUL and a lone CR',
    text: '# gr\xfc\xdfe \xc3\xa9 \xe2\x80\xa8\x85\x00\r# old Mac\n\xff\xfe',
    lines: [A],
    becomes: `# gr\xfc\xdfe \xc3\xa9 \xe2\x80\xa8\x85\x00\r# old Mac\n\xff\xfe\n${BLOCK_A}`,
  },
  {
    name: 'markers within other text',
    text: `#${BEGIN}\n${END} not\n`,
    lines: [A],
    becomes: `#${BEGIN}\n${END} not\n${BLOCK_A}`,
  },
]

test('Of a hosts file only the block changes', (t) => {
  for (const { name, text, lines, becomes } of EDITS) {
    t.equal(edited(text, lines), becomes, name)
    t.equal(edited(becomes, lines), becomes, `${name}: once is enough`)
  }
  t.end()
})

const BROKEN: readonly [name: string, text: string, line: number, marker: string][] = [
  ['a lone BEGIN', `x\n${BEGIN}\n10.0.0.1  a.internal\ny\n`, 2, BEGIN],
  ['a lone BEGIN, then blank lines', `${BEGIN}\n\n \n10.0.0.7 other`, 1, BEGIN],
  ['a lone END', `${LOCAL}10.0.0.1  a.internal\n${END}\n`, 3, END],
  ['END before BEGIN', `10.0.0.1 a\n${END}\n${BEGIN}\n10.0.0.1 a\n`, 2, END],
  ['BEGIN inside BEGIN', `${BEGIN}\n10.0.0.7 other\n${BLOCK_A}`, 1, BEGIN],
  ['END after END', `${BLOCK_A}10.0.0.7 other\n${END}\n`, 5, END],
]

test('A file in which nobody can tell whose the lines are is refused', (t) => {
  for (const [name, text, line, marker] of BROKEN) {
    const message = new RegExp(`^line ${line} is "${marker}" without its "`)
    t.throws(() => parseHostsText(text), { code: 'HOSTS_BLOCK_BROKEN', message }, name)
  }
  t.end()
})

test('The lines of the block are found, the first of a name', (t) => {
  const block = `${BEGIN}\n10.0.0.1\ta.internal\n::1 B.Internal\r\n10.9.9.9  a.internal\n300.1.1.1 no\n${END}\n`
  t.same(parseHostsText(`10.0.0.3 c\n${block}`).lines, [
    { address: '10.0.0.1', name: 'a.internal' },
    { address: '::1', name: 'b.internal' },
  ])
  t.end()
})

test('What was put right is told', (t) => {
  const text = `${BLOCK_A}${BEGIN}\n# mine\n${END}\n${BEGIN}\n`
  t.same(parseHostsText(text).repairs, [
    `removed a stray "${BEGIN}"`,
    'made one block out of 2',
    "moved what is not Pointsman's out of the block: 1 of its lines",
  ])
  t.same(parseHostsText(`x\n${BLOCK_A}`).repairs, [])
  t.end()
})

test('The same name outside the block is found', (t) => {
  const text = parseHostsText(
    `127.0.1.1 me A.internal # b.internal\r\n${BLOCK_A}#10.0.0.3 a.internal\n\t10.0.0.4\ta.internal b.internal`,
  )
  t.same(
    [...addressesOutside(text, new Set(['a.internal', 'b.internal', 'c.internal']))],
    [
      ['a.internal', ['127.0.1.1', '10.0.0.4']],
      ['b.internal', ['10.0.0.4']],
    ],
  )
  t.same([...addressesOutside(parseHostsText(BLOCK_A), new Set(['a.internal']))], [])
  t.end()
})
