// A run's result in a sentence.

function numberOf(result: object, key: string): number {
  const value: unknown = Reflect.get(result, key)
  return typeof value === 'number' ? value : 0
}

/** `2 done, 1 waits for you, 1 held`; "Nothing was due" where all is nought. */
export function runSummary(result: unknown): string {
  if (typeof result !== 'object' || result === null) return ''
  const held: unknown = Reflect.get(result, 'held')
  const parts = [
    [numberOf(result, 'done'), 'done'],
    [numberOf(result, 'waiting'), 'waiting for you'],
    [numberOf(result, 'failed'), 'failed'],
    [Array.isArray(held) ? held.length : 0, Array.isArray(held) && held.length === 1 ? 'guard holds' : 'guards hold'],
  ] as const
  const said = parts.filter(([amount]) => amount > 0).map(([amount, word]) => `${String(amount)} ${word}`)
  return said.length === 0 ? 'Nothing was due.' : `${said.join(', ')}.`
}
