const H = 'HTTP/1.1\r\nHost: h\r\n'
const CHUNKED = 'Transfer-Encoding: chunked\r\n'
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: chat\r\n'
/** What no target must ever see as a request of its own. */
const INNER = `GET /inner ${H}\r\n`

/** Requests in every framing, right and wrong; some stop in the middle. */
export const REQUESTS: readonly string[] = [
  `GET / ${H}\r\n`,
  `HEAD /a?b ${H}\r\n`,
  `DELETE / ${H}Content-Length: 0\r\n\r\n`,
  `PUT / ${H}Content-Length: 5\r\n\r\nhello`,
  `PUT / ${H}Content-Length: ${INNER.length}\r\n\r\n${INNER}`,
  `PUT / ${H}Content-Length: 500\r\n\r\nhello`,
  `POST / ${H}${CHUNKED}\r\n5\r\nhello\r\n0\r\n\r\n`,
  `POST / ${H}${CHUNKED}\r\n5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`,
  `POST / ${H}${CHUNKED}\r\n${INNER.length.toString(16)}\r\n${INNER}\r\n0\r\n\r\n`,
  `POST / ${H}${CHUNKED}\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n`,
  `POST / ${H}${CHUNKED}\r\n5\r\nhel`,
  `POST / ${H}${CHUNKED}\r\n0\r\n\r\n`,
  `POST / ${H}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
  `POST / ${H}Expect: 100-continue\r\n${CHUNKED}\r\n5\r\nhello\r\n0\r\n\r\n`,
  `POST / ${H}Expect: 100-continue\r\n${CHUNKED}\r\n`,
  `POST / ${H}Expect: other\r\nContent-Length: 5\r\n\r\nhello`,
  `GET / ${H}Connection: close\r\n\r\n`,
  `GET / ${H}TE: trailers\r\nConnection: TE, X-A\r\nX-A: 1\r\n\r\n`,
  `GET / ${H}${UPGRADE}\r\n`,
  `GET / ${H}${UPGRADE}\r\nearly bytes\r\n\r\n`,
  `GET / ${H}${UPGRADE}\r\n${INNER}`,
  `GET / ${H}${UPGRADE}Content-Length: 5\r\n\r\nhello`,
  `GET / ${H}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n`,
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi',
  `OPTIONS * ${H}\r\n`,
  'CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n',
  `GET http://h/a ${H}\r\n`,
  `GET /../a ${H}\r\n`,
  `POST / ${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  `POST / ${H}Content-Length: 5\r\n${CHUNKED}\r\n0\r\n\r\n${INNER}`,
  `POST / ${H}${CHUNKED}Content-Length: 5\r\n\r\n0\r\n\r\n${INNER}`,
  `POST / ${H}Content-Length: 0\r\nContent-Length: ${INNER.length}\r\n\r\n${INNER}`,
  `GET / ${H}X: ${'y'.repeat(20_000)}\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\r\n\r\n',
]
