// The peers as far as the benchmark uses them; they bring no types, or none that are needed.

declare module 'http-proxy' {
  import type { Agent, IncomingMessage, ServerResponse } from 'node:http'

  interface HttpProxy {
    web(request: IncomingMessage, response: ServerResponse): void
    on(event: 'error', listener: (error: Error) => void): void
  }
  const httpProxy: {
    createProxyServer(options: { target: string; agent: Agent; xfwd: boolean }): HttpProxy
  }
  export default httpProxy
}

declare module 'fast-proxy' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  const fastProxy: (options: {
    base: string
    undici: { connections: number; pipelining: number }
  }) => {
    proxy: (
      request: IncomingMessage,
      response: ServerResponse,
      path: string,
      options: object,
    ) => void
  }
  export default fastProxy
}
