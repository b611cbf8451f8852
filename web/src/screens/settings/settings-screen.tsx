import type { JSX } from 'preact'
import { PageHeader } from '../../components/page-header.js'

/** One's own account, and how the page looks. */
export function SettingsScreen(): JSX.Element {
  return <PageHeader title="Settings" lead="Your account, and how this page looks." />
}
