import type { JSX } from 'preact'
import { Button } from '../components/button.js'
import { Icon } from '../components/icon.js'
import { isOnline } from './connection.js'
import { probe } from './recovery.js'

/** Says that one works without the service, for as long as that is so. */
export function OfflineBanner(): JSX.Element {
  return (
    <div class="offline-status" role="status">
      {!isOnline.value && (
        <div class="offline-banner">
          <Icon name="warning" />
          <p>
            <strong>Offline.</strong> What is shown was so when the service could last be reached.
            Your edits are kept on this machine, and proposals are sent when it is back.
          </p>
          <Button isSmall onClick={() => void probe()}>
            Try again
          </Button>
        </div>
      )}
    </div>
  )
}
