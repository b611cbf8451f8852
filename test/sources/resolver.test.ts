import { test } from 'tap'
import { SystemResolver, type SystemCalls } from '../../src/sources/resolver.js'
import { settled } from '../support/clock.js'

/** Lookups that wait until they are answered by hand. */
class HeldCalls implements SystemCalls {
  readonly asked: string[] = []
  private readonly held: ((addresses: readonly { address: string }[]) => void)[] = []

  lookup(host: string): Promise<readonly { address: string }[]> {
    this.asked.push(host)
    return new Promise((resolve) => this.held.push(resolve))
  }

  resolveSrv(): Promise<never> {
    return Promise.reject(new Error('not asked'))
  }

  answer(...addresses: string[]): Promise<void> {
    this.held.shift()?.(addresses.map((address) => ({ address })))
    return settled()
  }
}

test('localhost resolves as this machine has it in its hosts file', async (t) => {
  const addresses = await new SystemResolver().addresses('localhost')
  t.ok(addresses.includes('127.0.0.1'))
})

test('a name that cannot be is refused with a code', async (t) => {
  await t.rejects(new SystemResolver().addresses('nowhere.invalid'), { code: /^E/ })
})

test('two lookups at most are under way, the others in turn', async (t) => {
  const calls = new HeldCalls()
  const resolver = new SystemResolver(calls)
  const answers = ['a', 'b', 'c', 'd'].map((host) => resolver.addresses(host))
  await settled()
  t.same(calls.asked, ['a', 'b'])
  await calls.answer('10.0.0.1')
  t.same(calls.asked, ['a', 'b', 'c'])
  await calls.answer('10.0.0.2')
  await calls.answer('10.0.0.3')
  await calls.answer('10.0.0.4')
  t.same(await Promise.all(answers), [['10.0.0.1'], ['10.0.0.2'], ['10.0.0.3'], ['10.0.0.4']])
  void resolver.addresses('e')
  t.equal(calls.asked.at(-1), 'e', 'a free place is taken at once')
})

test('a lookup that fails makes room', async (t) => {
  const asked: string[] = []
  const resolver = new SystemResolver({
    lookup: (host) => {
      asked.push(host)
      return Promise.reject(new Error(`no ${host}`))
    },
    resolveSrv: () => Promise.resolve([]),
  })
  const results = await Promise.allSettled(['a', 'b', 'c'].map((host) => resolver.addresses(host)))
  t.ok(results.every(({ status }) => status === 'rejected'))
  t.same(asked, ['a', 'b', 'c'])
})

test('those who ask for a name that is being looked up share the answer', async (t) => {
  const calls = new HeldCalls()
  const resolver = new SystemResolver(calls)
  const answers = [resolver.addresses('a'), resolver.addresses('a')]
  await calls.answer('10.0.0.1')
  t.same(await Promise.all(answers), [['10.0.0.1'], ['10.0.0.1']])
  t.same(calls.asked, ['a'])
  void resolver.addresses('a')
  t.same(calls.asked, ['a', 'a'], 'who asks later gets a new one')
})
