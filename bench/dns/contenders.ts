import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '../proxy/children.js'
import { ROOT_FOLDER } from '../proxy/folders.js'

/** The zone that every server answers for. */
export const ZONE = 'ha.test'
const ADDRESSES = Array.from({ length: 20 }, (_, nth) => `127.0.1.${nth + 1}`)

/** Names of the zone with one address each. */
export const NAMES: readonly string[] = ADDRESSES.map((_, nth) => `h${nth + 1}.${ZONE}`)

/** A server under test; all of them use one process, and one thread for the questions. */
export interface Contender {
  readonly name: string
  /** Writes what it needs into `folder`, and gives the command that makes it listen on 127.0.0.1. */
  readonly prepare: (folder: string, port: number) => Command
}

/** What every ratio is taken to. */
export const REFERENCE = 'dnsmasq'

function preparePointsman(_: string, port: number): Command {
  const env: Record<string, string> = {
    LOG_LEVEL: 'error',
    DNS_HOST: '127.0.0.1',
    DNS_PORT: String(port),
    DNS_ZONE: ZONE,
  }
  for (const [at, address] of ADDRESSES.entries()) {
    env[`TARGET_GROUP_${at + 1}_NAME`] = `g${at + 1}`
    env[`TARGET_GROUP_${at + 1}_TARGETS`] = address
    env[`DNS_RECORD_${at + 1}_NAME`] = `h${at + 1}`
    env[`DNS_RECORD_${at + 1}_TARGET_GROUP`] = `g${at + 1}`
  }
  return { file: process.execPath, args: [join(ROOT_FOLDER, 'dist/app.js')], env }
}

function prepareDnsmasq(folder: string, port: number): Command {
  const file = join(folder, 'dnsmasq.conf')
  const records = ADDRESSES.map((address, at) => `host-record=h${at + 1}.${ZONE},${address}`)
  const settings = [
    `port=${port}`,
    'listen-address=127.0.0.1',
    'bind-interfaces',
    'keep-in-foreground',
    'pid-file',
    'user=root',
    'no-resolv',
    'no-hosts',
    `local=/${ZONE}/`,
    'local-ttl=10',
  ]
  writeFileSync(file, [...settings, ...records, ''].join('\n'))
  return { file: 'dnsmasq', args: ['-C', file] }
}

function prepareBind(folder: string, port: number): Command {
  const zone = [
    '$TTL 10',
    `@ SOA ns hostmaster 1 3600 600 86400 10`,
    '@ NS ns',
    'ns A 127.0.0.1',
    ...ADDRESSES.map((address, at) => `h${at + 1} A ${address}`),
    '',
  ]
  writeFileSync(join(folder, 'zone'), zone.join('\n'))
  const settings = `
options {
  directory "${folder}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  pid-file none;
  session-keyfile none;
};
controls { };
zone "${ZONE}" { type primary; file "zone"; };
`
  const file = join(folder, 'named.conf')
  writeFileSync(file, settings)
  return { file: 'named', args: ['-f', '-n', '1', '-c', file] }
}

/** The servers, the one whose turn it is first first. */
export const CONTENDERS: readonly Contender[] = [
  { name: 'pointsman', prepare: preparePointsman },
  { name: 'dnsmasq', prepare: prepareDnsmasq },
  { name: 'bind', prepare: prepareBind },
]

/** What is asked, as lines for dnsperf. */
export interface Case {
  readonly name: string
  readonly title: string
  readonly queries: readonly string[]
  /** Whether queries have an OPT record. */
  readonly hasEdns: boolean
}

/** What the servers are asked. */
export const CASES: readonly Case[] = [
  {
    name: 'address',
    title: 'A of names that have one address',
    queries: NAMES.map((name) => `${name} A`),
    hasEdns: false,
  },
  {
    name: 'mixed',
    title: 'A, AAAA that there is none of, and names that there are none of, with EDNS',
    queries: NAMES.flatMap((name) => [`${name} A`, `${name} AAAA`, `no-${name} A`]),
    hasEdns: true,
  },
]
