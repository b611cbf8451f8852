import type { BoundListener, Face } from '../faces/face.js'

/** A change of a face that was prepared as far as it can fail. */
export interface PreparedChange {
  /** Makes it; resolves when what was let go with it is drained. */
  take(signal: AbortSignal): Promise<void>
  /** Lets go of what was prepared; everything stays as it was. */
  discard(): Promise<void>
}

/** Where a face is while it is configured. */
export class FaceSlot<
  Settings,
  Listener extends BoundListener,
  F extends Face<Settings, Listener>,
> {
  face: F | undefined
  private readonly make: (settings: Settings) => F

  constructor(make: (settings: Settings) => F) {
    this.make = make
  }

  /**
   * Binds what `settings` want bound; undefined when the face is not wanted.
   * @throws PointsmanError LISTEN_FAILED; everything stays as it was then
   */
  async prepare(settings: Settings | undefined): Promise<PreparedChange> {
    const before = this.face
    if (settings === undefined) {
      const take = async (signal: AbortSignal): Promise<void> => {
        this.face = undefined
        await before?.stop(signal)
      }
      return { take, discard: () => Promise.resolve() }
    }
    const face = before ?? this.make(settings)
    const listener = await face.bind(settings)
    return {
      take: (signal) => {
        this.face = face
        return face.take(settings, listener, signal)
      },
      discard: async () => {
        if (listener !== face.listener) await listener.drain(AbortSignal.abort())
      },
    }
  }
}
