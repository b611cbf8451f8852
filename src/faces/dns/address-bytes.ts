import { isIPv4 } from 'node:net'

/** The bytes of an IP literal as an A or AAAA record has them; a zone of an IPv6 address is left out. */
export function addressBytes(literal: string): Buffer {
  if (isIPv4(literal)) return Buffer.from(literal.split('.').map(Number))
  const [address = ''] = literal.split('%')
  // The URL parser knows every way of writing one, and gives the one of RFC 5952: hexadecimal, with at most one gap.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const gap = Array.from({ length: 8 - before.length - after.length }, () => 0)
  const bytes = Buffer.alloc(16)
  for (const [at, group] of [...before, ...gap, ...after].entries())
    bytes.writeUInt16BE(group, at * 2)
  return bytes
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => parseInt(group, 16))
}
