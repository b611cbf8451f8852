import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { closeStream, openStream } from '../api/event-stream.js'
import { Confirmation, Dialog } from '../components/dialog.js'
import { ErrorState, Loading } from '../components/states.js'
import { ToastRegion } from '../components/toast-region.js'
import { OfflineBanner } from '../offline/offline-banner.js'
import { keepPages } from '../offline/service-worker.js'
import { whoIsSignedIn } from '../offline/who-is-signed-in.js'
import { Outlet } from '../router/outlet.js'
import { SignInForm, SignInPage } from '../screens/sign-in/sign-in.js'
import { returnToPlace } from '../state/place.js'
import { sessionState, signedIn, signedOut } from '../state/session.js'
import { useLoaded } from '../state/use-loaded.js'
import { Navigation } from './navigation.js'
import { TopBar } from './top-bar.js'

async function askWhoIsSignedIn(signal: AbortSignal): Promise<void> {
  const session = await whoIsSignedIn(signal)
  if (!session) {
    signedOut()
    return
  }
  returnToPlace()
  signedIn(session)
}

function skipToMain(event: MouseEvent): void {
  // The address after the `#` is the route, so a link into the page cannot be one.
  event.preventDefault()
  document.getElementById('main')?.focus()
}

/** The page around the screens, for somebody who is signed in. */
function Shell(): JSX.Element {
  const { is } = sessionState.value
  useEffect(() => {
    if (is !== 'signed-in') return
    openStream()
    return closeStream
  }, [is])
  useEffect(() => {
    keepPages()
    const abort = new AbortController()
    void import('../offline/sync.js').then(({ startSync }) => startSync(abort.signal))
    return () => abort.abort()
  }, [])
  return (
    <>
      <a class="skip-link" href="#main" onClick={skipToMain}>
        Skip to content
      </a>
      <TopBar />
      <div class="frame">
        <Navigation />
        <main id="main" tabIndex={-1}>
          <OfflineBanner />
          <Outlet />
        </main>
      </div>
      {is === 'expired' && (
        <Dialog title="Your session has ended" onClose={signedOut}>
          <p>Sign in to go on where you are.</p>
          <SignInForm />
        </Dialog>
      )}
    </>
  )
}

/** All of it. */
export function App(): JSX.Element {
  const { error, reload } = useLoaded(askWhoIsSignedIn)
  const { is } = sessionState.value
  return (
    <>
      {is === 'unknown' &&
        (error ? <ErrorState error={error} retry={reload} /> : <Loading what="page" />)}
      {is === 'signed-out' && <SignInPage />}
      {(is === 'signed-in' || is === 'expired') && <Shell />}
      <Confirmation />
      <ToastRegion />
    </>
  )
}
