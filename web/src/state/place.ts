import { navigate } from '../router/route.js'

const KEY = 'pointsman.place'

/** Remembers where one is, since the provider of OpenID sends everybody back to the front page. */
export function keepPlace(): void {
  sessionStorage.setItem(KEY, location.hash)
}

/** Goes where one was before the provider was asked, if it was. */
export function returnToPlace(): void {
  const place = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  if (place && location.hash === '') navigate(place, 'replace')
}
