import { Type } from 'typebox'

/** The schema of something that may be null. */
export function nullable<T extends Parameters<typeof Type.Array>[0]>(type: T) {
  return Type.Union([type, Type.Null()])
}
