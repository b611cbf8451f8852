/** An object without one of its entries. */
export function leftOut<Whole extends object, Key extends keyof Whole>(
  whole: Whole,
  key: Key,
): Omit<Whole, Key> {
  const others = Object.entries(whole).filter(([name]) => name !== key)
  // What is left of an object has the types that it had.
  return Object.fromEntries(others) as Omit<Whole, Key>
}
