import type { ZookeeperSession } from '../../src/clients/zookeeper/zookeeper-session.js'

/** The data of a node that registers a host, as Curator writes them. */
export function recordOf(address: string, port: number, weight?: number): Buffer {
  const parameters = weight === undefined ? {} : { weight: weight.toFixed(1) }
  return Buffer.from(
    JSON.stringify({
      name: 'service',
      id: `${address}:${port}`,
      address,
      port,
      sslPort: null,
      payload: { '@class': 'com.example.MetaData', parameters },
      registrationTimeUTC: 1_496_432_312_046,
      serviceType: 'DYNAMIC',
      uriSpec: null,
    }),
  )
}

/** Registers a host below a node, as an ephemeral one of its session. */
export async function register(
  session: ZookeeperSession,
  path: string,
  id: string,
  data: Buffer,
): Promise<void> {
  await session.ensure(path)
  await session.create(`${path}/${id}`, data, { ephemeral: true })
}
