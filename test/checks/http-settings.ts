import type { HttpCheckSettings } from '../../src/checks/settings.js'

/** An http check with every default of the configuration. */
export const HTTP_CHECK: HttpCheckSettings = {
  kind: 'http',
  intervalMs: 5000,
  timeoutMs: 2000,
  port: undefined,
  method: 'GET',
  path: '/',
  statuses: [{ from: 200, to: 399 }],
  body: undefined,
  fields: [],
  host: undefined,
  scheme: undefined,
  tls: { verify: true },
}
