import { createSocket } from 'node:dgram'
import type { Test } from 'tap'
import { queryOf } from '../faces/dns/world.js'
import type { Shell } from './shell.js'

const SOA = /^ha\.test\.\s+(?:\d|10)\s+IN\s+SOA\s/m
const NODATA = [/status: NOERROR/, /flags: qr aa;.* ANSWER: 0, AUTHORITY: 1,/, SOA] as const
const NXDOMAIN = [/status: NXDOMAIN/, /flags: qr aa;.* ANSWER: 0, AUTHORITY: 1,/, SOA] as const
/** As long as a count of sixty addresses takes. */
const SIXTY = "| grep -c 'IN[[:space:]]A[[:space:]]10'"
const HALF_A_QUERY = "exec 3<>/dev/tcp/127.0.0.1/$PORT; printf '\\0' >&3"

/** What the zone says: names that there are and are not, EDNS, sizes, TCP, and what is refused. */
export async function protocol(t: Test, shell: Shell, port: number): Promise<void> {
  const isClosed = shell.output(`${HALF_A_QUERY}; timeout 20 cat <&3; echo closed $?`)
  await shell.now(
    [
      '1',
      '$D +norec +noedns www.ha.test A',
      /status: NOERROR/,
      /flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0$/m,
      /^www\.ha\.test\.\s+10\s+IN\s+A\s+127\.0\.0\.1[123]$/m,
      { not: /OPT/ },
    ],
    ['1', '$D +norec +noedns WwW.Ha.TeSt A', /^;WwW\.Ha\.TeSt\.\s+IN\s+A$/m],
    ['2', '$D +norec www.ha.test AAAA', ...NODATA],
    ['2', '$D +norec two.ent.ha.test A', ...NODATA],
    ['2', '$D +norec www.ha.test TYPE1000', ...NODATA],
    ['2', '$D +norec six.ha.test A', ...NODATA],
    ['2', '$D +short six.ha.test AAAA', '2001:db8::1'],
    ['3', '$D +norec nope.ha.test A', ...NXDOMAIN],
    ['3', '$D +norec x.www.ha.test A', ...NXDOMAIN],
    ['4', '$D +norec ha.test SOA', /status: NOERROR/, SOA],
    [
      '4',
      '$D +norec ha.test NS',
      /status: NOERROR/,
      /^ha\.test\.\s+10\s+IN\s+NS\s+ns\.ha\.test\.$/m,
    ],
    ['4', '$D +short ns.ha.test', '127.0.0.1'],
    [
      '5',
      '$D +dnssec +ednsopt=100:abcd www.ha.test',
      /EDNS: version: 0, flags: do; udp: 1232/,
      { not: /OPT=100/ },
    ],
    ['5', '$D +edns=1 +noednsneg www.ha.test', /status: BADVERS/],
    ['5', '$D +ednsflags=0x4321 www.ha.test', { not: /MBZ/ }],
    [
      '6',
      '$D +norec +noedns +ignore big.ha.test A',
      /flags: qr aa tc;/,
      /MSG SIZE {2}rcvd: (?:\d\d?|[1-4]\d\d|50\d|51[0-2])$/m,
    ],
    [
      '6',
      '$D +norec +nocookie +bufsize=512 +ignore big.ha.test A',
      /flags: qr aa tc;/,
      /OPT PSEUDOSECTION/,
      /MSG SIZE {2}rcvd: (?:\d\d?|[1-4]\d\d|50\d|51[0-2])$/m,
    ],
    ['6', '$D +norec +bufsize=4096 +ignore big.ha.test A', /flags: qr aa;.* ANSWER: 60,/],
    ['6', '$D +norec +tcp big.ha.test A', /flags: qr aa;.* ANSWER: 60,/],
    ['6', `$D +noedns big.ha.test A ${SIXTY}`, '60'],
    [
      '7',
      '$D +tcp +keepopen www.ha.test A www.ha.test AAAA',
      /status: NOERROR[\s\S]*status: NOERROR/,
      /ANSWER: 1,[\s\S]*ANSWER: 0,/,
    ],
    ['7', `${HALF_A_QUERY}; $D +short +tcp one.two.ent.ha.test`, '127.0.0.11'],
    ['8', '$D +norec +noedns +opcode=15 +header-only', /status: NOTIMP/],
    ['8', '$D ha.test AXFR', /Transfer failed/],
    ['8', '$D version.bind TXT CH', /status: REFUSED/, /ANSWER: 0,/],
    [
      '8',
      '$D +notcp +ignore www.ha.test ANY',
      /status: NOERROR/,
      /ANSWER: 1,/,
      /HINFO\s+"RFC8482"/,
      /MSG SIZE {2}rcvd: \d\d$/m,
    ],
  )
  t.equal(
    await datagramsFor(port, ['nope.ha.test', 'x.www.ha.test']),
    2,
    '3. one datagram for each query',
  )
  t.equal((await isClosed).trim(), 'closed 0', '7. a connection without a whole query is closed')
}

/** How many datagrams come back for queries that are sent one after the other. */
async function datagramsFor(port: number, names: readonly string[]): Promise<number> {
  const socket = createSocket('udp4')
  let count = 0
  socket.on('message', () => count++)
  for (const name of names) {
    socket.send(queryOf(name), port, '127.0.0.1')
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  socket.close()
  return count
}
