import { Type, type Static } from 'typebox'

/** One thing wrong in what was sent. */
export const FieldProblem = Type.Object({
  /** JSON pointer (RFC 6901) into the body, or the name of a parameter. */
  path: Type.String(),
  /** A code of `docs/gateway-model.md`, or empty. */
  code: Type.String(),
  /** In words, for people. */
  message: Type.String(),
})
export type FieldProblem = Static<typeof FieldProblem>

/** RFC 9457. */
export const ProblemView = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  /** What is wrong with the fields of a body; only of status 400. */
  errors: Type.Optional(Type.Array(FieldProblem)),
  /** What is there by now; only of status 409, 412 and 422. */
  current: Type.Optional(Type.Unknown()),
})
export type ProblemView = Static<typeof ProblemView>

/** A page of something, the newest or the first by name first. */
export function pageOf<Item extends Parameters<typeof Type.Array>[0]>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    /** What `before` has to be for the next page; null on the last. */
    next: Type.Union([Type.String(), Type.Null()]),
  })
}
