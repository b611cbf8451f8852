import type { NameServer } from '../support/name-servers.js'
import type { Shell } from './shell.js'

const MANY = Array.from({ length: 60 }, (_, nth) => `big A 192.0.2.${nth}`).join('\n')

/** The zone behind the first forwarder. */
export const UP_TEST = `$ORIGIN up.test.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 30
@ NS ns
ns A 127.0.0.1
a A 192.0.2.1
brief 1 A 192.0.2.3
${MANY}
`

/** What the second forwarder knows, as an option of dnsmasq. */
export const SECOND_KNOWS = '--host-record=b.up.test,192.0.2.2'

/** Names outside the zone, with forwarders that come and go. */
export async function forwarding(
  shell: Shell,
  first: NameServer,
  second: NameServer,
): Promise<void> {
  await shell.now(
    [
      '21',
      '$D a.up.test',
      /status: NOERROR/,
      /flags: qr rd ra;/,
      /^a\.up\.test\.\s+60\s+IN\s+A\s+192\.0\.2\.1$/m,
    ],
    ['21', 'sleep 2; $D a.up.test', /^a\.up\.test\.\s+5[678]\s+IN\s+A\s+192\.0\.2\.1$/m],
    ['21', '$D nope.up.test', /status: NXDOMAIN/, /^up\.test\.\s+\d+\s+IN\s+SOA/m],
    ['21', '$D +noedns +ignore big.up.test', /flags: qr tc rd ra;/],
    ['21', '$D +tcp big.up.test', /flags: qr rd ra;.* ANSWER: 60,/],
    ['22', '$D -b 127.9.0.1 a.up.test', /status: REFUSED/],
    ['22', '$D -b 127.9.0.1 +short one.two.ent.ha.test', '127.0.0.11'],
    ['22', '$D +norec a.up.test', /status: REFUSED/],
    ['22', '$D -p $PORT_WITHOUT a.up.test', /status: REFUSED/, /flags: qr rd;/, /EDE: 20/],
    ['23', '$D +short brief.up.test', '192.0.2.3'],
  )
  await first.stop()
  await shell.soon(['23', '$D +short b.up.test', '192.0.2.2'])
  await second.stop()
  await shell.soon(
    ['23', '$D ns.up.test', /status: SERVFAIL/, /EDE: 22 /, /Query time: [0-4]?\d{1,3} msec/],
    ['23', '$D brief.up.test', /EDE: 3 /, /^brief\.up\.test\.\s+30\s+IN\s+A\s+192\.0\.2\.3$/m],
  )
  await first.start()
  await shell.soon(['23', '$D +short ns.up.test', '127.0.0.1'])
  await shell.now(
    [
      '23',
      'DNS_HOST=127.0.0.1 DNS_PORT=5353 DNS_ZONE=ha.test DNS_FORWARDERS=127.0.0.1:5353 node $APP --check',
      /DNS_FORWARDERS=127\.0\.0\.1:5353: 127\.0\.0\.1:5353 is where this server itself listens/,
    ],
    ['23', '$D -p $PORT_LIED_TO +short a.up.test', '192.0.2.1'],
  )
  await shell.soon([
    '23',
    'curl -s $METRICS_LIED_TO',
    /^pointsman_dns_ignored_responses_total\{.*\} 2$/m,
  ])
}
