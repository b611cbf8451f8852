import type { JSX } from 'preact'
import { PageHeader } from '../../components/page-header.js'

/** How everything is, live. */
export function OverviewScreen(): JSX.Element {
  return <PageHeader title="Overview" lead="How everything is, live." />
}
