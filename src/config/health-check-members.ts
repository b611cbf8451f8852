import {
  parseBodyPattern,
  parseFields,
  parsePath,
  parseStatuses,
} from '../checks/parse-settings.js'
import { CHECK_METHODS } from '../checks/settings.js'
import { SCHEMES } from '../core/target.js'
import { hostField } from './authority.js'
import { flag, milliseconds, oneOf, wholeNumber } from './parsers.js'
import { postgresCheckMembers } from './postgres-check-members.js'
import { redisMembers } from './redis-members.js'
import { secret } from './secret.js'
import { certificateFile, serverName } from './target-tls.js'
import type { Variables } from './variable.js'

const SHORTEST_INTERVAL_MS = 10
const MOST_IN_A_ROW = 1000

/** What checks of every kind are told. */
export const anyCheckMembers = {
  HEALTH_INTERVAL: {
    parse: milliseconds(SHORTEST_INTERVAL_MS),
    default: '5000',
    unit: 'ms',
    meaning: 'time from one check of a target to the next, give or take a tenth',
    example: '1000',
  },
  HEALTH_TIMEOUT: {
    parse: milliseconds(),
    default: '2000',
    unit: 'ms',
    meaning: 'a check that has not passed by then has failed',
    example: '500',
  },
  HEALTH_RISE: {
    parse: wholeNumber(1, MOST_IN_A_ROW),
    default: '2',
    meaning: 'checks in a row that must pass before an unhealthy target is healthy',
    example: '1',
  },
  HEALTH_FALL: {
    parse: wholeNumber(1, MOST_IN_A_ROW),
    default: '3',
    meaning: 'checks in a row that must fail before a healthy target is unhealthy',
    example: '2',
  },
  HEALTH_PORT: {
    parse: wholeNumber(1, 65535),
    unset: "the target's",
    meaning: 'port that is checked',
    example: '9000',
  },
} as const satisfies Variables

/** What HTTP checks are told. */
export const httpCheckMembers = {
  HEALTH_PATH: {
    parse: parsePath,
    default: '/',
    meaning:
      "path that is asked for, with a query if need be; the target's base URI is not put in front",
    example: '/healthz?deep=true',
  },
  HEALTH_METHOD: {
    parse: oneOf(CHECK_METHODS),
    default: 'GET',
    meaning: 'method of the request: `GET`, `HEAD`, `OPTIONS` or `POST`',
    example: 'HEAD',
  },
  HEALTH_STATUS: {
    parse: parseStatuses,
    default: '200-399',
    meaning:
      'comma list of status codes, and ranges of them, that pass; redirects are not followed',
    example: '200, 204, 300-399',
  },
  HEALTH_BODY: {
    parse: parseBodyPattern,
    unset: 'any body',
    meaning: 'regular expression that must match somewhere in the first 64 KiB of the body',
    example: '^OK',
  },
  ...secret('HEALTH_HEADERS', {
    parse: parseFields,
    unset: 'none',
    meaning: 'fields of the request, with semicolons between',
    example: 'Authorization: Basic cDpw; X-Check: 1',
  }),
  HEALTH_HOST: {
    parse: hostField,
    unset: "the target's",
    meaning: '`Host` field of the request',
    example: 'web.example.com',
  },
  HEALTH_SCHEME: {
    parse: oneOf(SCHEMES),
    unset: "the target's",
    meaning: 'what is spoken: `http`, `https`, `h2` or `h2c`',
    example: 'http',
  },
  HEALTH_TLS_VERIFY: {
    parse: flag,
    unset: "the group's `TLS_VERIFY`",
    meaning: 'whether the certificate must verify',
    example: 'false',
  },
  HEALTH_CA_FILE: {
    parse: certificateFile,
    unset: "the group's `TLS_CA_FILE`",
    meaning: 'PEM file of the authorities that are believed; read at start and on SIGHUP',
    example: '/etc/pointsman/ca.pem',
  },
  HEALTH_SERVER_NAME: {
    parse: serverName,
    unset: "the group's `TLS_SERVER_NAME`",
    meaning: 'name that is asked for (SNI) and looked for in the certificate',
    example: 'web.example.com',
  },
} as const satisfies Variables

/** How it is found out which targets of a group are well. */
export const healthCheckMembers = {
  HEALTH_CHECK: {
    parse: oneOf(['none', 'tcp', 'http', 'postgres', 'redis']),
    default: 'none',
    meaning:
      'what makes a target healthy: `tcp` that it accepts a connection, `http` that it answers a request as expected, `postgres` and `redis` that it lets a user in and has the role, `none` that nobody looks; some sources say it themselves',
    example: 'http',
  },
  ...anyCheckMembers,
  ...httpCheckMembers,
  ...postgresCheckMembers,
  ...redisMembers,
} as const satisfies Variables
