import type { JSX } from 'preact'
import type { StatusView } from '../../../../src/manage/status.js'
import { get } from '../../api/client.js'
import { duration } from '../../components/amounts.js'
import { useLoaded } from '../../state/use-loaded.js'

/** Which program this is, and where its HTTP API is described. */
export function AboutCard(): JSX.Element {
  const { value, error } = useLoaded((signal) => get<StatusView>('/api/status', signal))
  return (
    <section class="card stack" aria-labelledby="about">
      <h2 id="about">About</h2>
      <dl class="facts">
        <dt>Pointsman</dt>
        <dd>{value ? `version ${value.version}` : (error?.message ?? '…')}</dd>
        <dt>Up</dt>
        <dd>{value ? duration(value.uptimeSeconds) : '…'}</dd>
        <dt>HTTP API</dt>
        <dd>
          <a href="/api/openapi.json">OpenAPI document</a>
        </dd>
      </dl>
    </section>
  )
}
