import type { Resolver, ServiceRecord } from '../../src/sources/resolver.js'

function failure(code: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code}`), { code })
}

/** Answers from two tables; a name that is in neither does not exist, and one in `hung` never gets an answer. */
export class FakeResolver implements Resolver {
  readonly hosts = new Map<string, readonly string[]>()
  readonly records = new Map<string, readonly ServiceRecord[]>()
  readonly hung = new Set<string>()
  /** Every name that was asked for, in turn. */
  readonly asked: string[] = []

  addresses(host: string): Promise<readonly string[]> {
    return this.answer(host, this.hosts.get(host))
  }

  services(name: string): Promise<readonly ServiceRecord[]> {
    return this.answer(name, this.records.get(name))
  }

  private answer<T>(name: string, answer: T | undefined): Promise<T> {
    this.asked.push(name)
    if (this.hung.has(name)) return new Promise(() => {})
    return answer ? Promise.resolve(answer) : Promise.reject(failure('ENOTFOUND'))
  }
}
