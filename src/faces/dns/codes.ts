/** Types of records and questions that mean something here (IANA, "Resource Record (RR) TYPEs"). */
export const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DNAME: 39,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const

/** The Internet. */
export const CLASS_IN = 1

/** An ordinary question; every other opcode is something that is not done here. */
export const OPCODE_QUERY = 0

/** How a response ends, also beyond the four bits of the header (IANA, "DNS RCODEs"). */
export const RCODES = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  BADVERS: 16,
} as const

/** Bits of the second 16 of a header (RFC 1035 section 4.1.1; AD and CD: RFC 4035 section 3). */
export const FLAGS = {
  QR: 0x8000,
  AA: 0x0400,
  TC: 0x0200,
  RD: 0x0100,
  RA: 0x0080,
  AD: 0x0020,
  CD: 0x0010,
} as const

/** Extended errors (RFC 8914 section 4). */
export const EXTENDED_ERRORS = {
  OTHER: 0,
  STALE_ANSWER: 3,
  NOT_READY: 14,
  CACHED_ERROR: 13,
  PROHIBITED: 18,
  NOT_AUTHORITATIVE: 20,
  NO_REACHABLE_AUTHORITY: 22,
} as const

/** What an OPT record may hold: an extended error (RFC 8914 section 2). */
export const OPTION_EDE = 15

/** Bytes of a message's header. */
export const HEADER_BYTES = 12

/** What a client takes over UDP that says nothing of it (RFC 1035 section 2.3.4). */
export const PLAIN_PAYLOAD_BYTES = 512

/** The most that is sent over UDP, and what is offered in an OPT record: it is never fragmented (RFC 9715 section 3.1). */
export const LARGEST_PAYLOAD_BYTES = 1232

/** The most that fits behind the two length bytes of TCP (RFC 1035 section 4.2.2). */
export const LARGEST_MESSAGE_BYTES = 65_535
