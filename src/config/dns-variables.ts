import { dnsForwardingVariables } from './dns-forwarding.js'
import type { Family } from './family.js'
import {
  addressOrNetwork,
  anyText,
  commaList,
  ipVersion,
  listenHost,
  listenPort,
  wholeNumber,
} from './parsers.js'
import type { Variables } from './variable.js'

/** A week: nobody who wants to be steered wants to be remembered for longer. */
const LONGEST_TTL_SECONDS = 604_800
const MOST_ANSWERS = 1000
const LONGEST_NAME = 253

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

function checkLabel(label: string): void {
  if (label === '')
    throw new Error('has an empty label: two dots in a row, or one at its beginning')
  if (label.length > 63) throw new Error(`has a label of more than 63 characters`)
  if (label === '*') throw new Error('must not be a wildcard: each name is given')
  if (!LABEL.test(label))
    throw new Error(
      'must have labels of letters, digits, - and _, that do not begin or end with -, international ones in their xn-- form',
    )
}

/** A name, in lower case and without its last dot. */
function domainName(text: string): string {
  const name = text.toLowerCase().replace(/(?<=.)\.$/, '')
  if (name.length > LONGEST_NAME)
    throw new Error(`must not have more than ${LONGEST_NAME} characters`)
  for (const label of name.split('.')) checkLabel(label)
  return name
}

function mailbox(text: string): string {
  if (text.includes('@')) throw new Error('is written with a dot in place of the @')
  return domainName(text)
}

function relativeName(text: string): string {
  if (text === '@') return text
  if (text.endsWith('.')) throw new Error('is relative to the zone: it must not end with a dot')
  const name = domainName(text)
  if (name.split('.')[0] === '_why')
    throw new Error('must not begin with _why: that tells how the name behind it is answered')
  return name
}

function address(text: string): string {
  if (ipVersion(text) === 0) throw new Error('is not an IP address')
  return text
}

/** How many addresses; 0 stands for all. */
function answerCount(text: string): number {
  if (text === 'all') return 0
  try {
    return wholeNumber(1, MOST_ANSWERS)(text)
  } catch (error) {
    throw new Error(`must be all or a whole number from 1 to ${MOST_ANSWERS}`, { cause: error })
  }
}

/** The DNS face, and what holds for all names of its zone. */
export const dnsVariables = {
  DNS_HOST: {
    parse: listenHost,
    default: '0.0.0.0',
    meaning:
      'address or host name to listen on, over UDP and TCP; `::` is every IPv6 and IPv4 address',
    example: '127.0.0.1',
  },
  DNS_PORT: {
    parse: listenPort,
    default: '53',
    meaning: 'port to listen on; `0` is any free port, told in the log',
    example: '5353',
  },
  DNS_ZONE: {
    parse: domainName,
    unset: 'no DNS',
    meaning: 'zone that is answered for; names outside it are passed on or refused',
    example: 'ha.internal',
  },
  DNS_TTL: {
    parse: wholeNumber(0, LONGEST_TTL_SECONDS),
    default: '10',
    meaning: 'seconds for which clients may keep an answer, also one that there is no such name',
    example: '5',
  },
  DNS_NS: {
    parse: domainName,
    unset: '`ns.` and the zone',
    meaning: 'name of the name server, as NS and SOA tell it',
    example: 'ns1.example.com',
  },
  DNS_NS_ADDRESS: {
    parse: commaList(address),
    unset: '`DNS_HOST` where that is one address',
    meaning: 'comma list of the addresses of the name server, when its name is in the zone',
    example: '10.0.0.53, fd00::53',
  },
  DNS_HOSTMASTER: {
    parse: mailbox,
    unset: '`hostmaster.` and the zone',
    meaning:
      'mail address of who looks after the zone, with a dot in place of the `@`, as SOA tells it',
    example: 'dns.example.com',
  },
  DNS_ALLOW_RECURSION: {
    parse: commaList(addressOrNetwork),
    default: '127.0.0.0/8,::1',
    meaning: 'comma list of addresses and networks that may ask for names outside the zone',
    example: '10.0.0.0/8, fd00::/8',
  },
  ...dnsForwardingVariables,
} as const satisfies Variables

/** The names of the zone: `DNS_RECORD_<N>_…`. */
export const dnsRecords = {
  prefix: 'DNS_RECORD_',
  members: {
    NAME: {
      parse: relativeName,
      required: true,
      meaning: 'name relative to the zone, `@` for the zone itself; unique',
      example: 'redis',
    },
    TARGET_GROUP: {
      parse: anyText,
      required: true,
      meaning: 'name of the group whose addresses are answered; several names may share one',
      example: 'redis',
    },
    ANSWERS: {
      parse: answerCount,
      default: '1',
      meaning: 'addresses in one answer, by the algorithm of the group, or `all`',
      example: 'all',
    },
  },
} as const satisfies Family
