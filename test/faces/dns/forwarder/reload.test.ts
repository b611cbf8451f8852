import { test } from 'tap'
import { addressOf, INSTANCE, startForwarder } from '../../../support/fake-forwarder.js'
import { askByUdp, portOf, startFace } from '../serving.js'
import { dnsSettings, queryOf, World } from '../world.js'

const RECURSION_DESIRED = { flags: 0x0100 }

test('A reload keeps what is kept while the forwarders and the size are the same', async (t) => {
  const forwarder = await startForwarder(t, addressOf)
  const forwarding = { forwarders: [forwarder.address], cacheSize: 10, instance: INSTANCE }
  const settings = dnsSettings({ forwarding })
  const face = await startFace(t, new World(), settings)
  const ask = async (): Promise<string | undefined> => {
    const query = queryOf('www.example', 'A', RECURSION_DESIRED)
    const [reply] = await askByUdp(portOf(face), [query])
    return reply?.rcode
  }
  const reload = async (changes: object): Promise<void> => {
    const next = { ...settings, ...changes }
    await face.take(next, await face.bind(next), AbortSignal.abort())
  }
  t.equal(await ask(), 'NOERROR')
  await reload({ ttlSeconds: 20, forwarding: { ...forwarding, instance: 'other' } })
  t.equal(await ask(), 'NOERROR')
  t.equal(forwarder.queries.filter(({ name }) => name === 'www.example').length, 1)
  await reload({ forwarding: { ...forwarding, cacheSize: 20 } })
  t.equal(await ask(), 'NOERROR')
  t.equal(forwarder.queries.filter(({ name }) => name === 'www.example').length, 2)
  await reload({ forwarding: undefined })
  t.equal(await ask(), 'REFUSED')
})
