// What is made when it is first needed, and then kept.

/** Formatters are costly: the first one of a page loads its language's data, which the first screen should not wait for. */
export function madeOnce<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
