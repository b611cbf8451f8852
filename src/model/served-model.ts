import type { ApplicationModel, NamespacedList } from './document.js'

/** A model that may be served, with everything it needs; plain data, for other processes. */
export interface ServedModel {
  readonly version: number
  readonly model: ApplicationModel
  /** Those that its conditions name. */
  readonly lists: readonly NamespacedList[]
}

/** What data planes are told of applications. */
export type ModelNews =
  /** `served` is undefined for an application that is known, but has no model that could be served. */
  | { readonly kind: 'model'; readonly name: string; readonly served: ServedModel | undefined }
  | { readonly kind: 'removed'; readonly name: string }
  /** Everything that was there at the start has been told: who is not known by now is unknown. */
  | { readonly kind: 'complete' }
