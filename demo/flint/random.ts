// Seeded pseudo-randomness, so that the same estate looks the same twice.

/** A well-mixed 32-bit hash of the text (FNV-1a with a final avalanche). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A stream of numbers in [0, 1), the same for the same seed text. */
export function randomStream(seed: string): () => number {
  let state = hashText(seed)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `bytes` random bytes as lower-case hex. */
export function randomHex(random: () => number, bytes: number): string {
  let hex = ''
  for (let index = 0; index < bytes; index += 1) {
    hex += Math.floor(random() * 256).toString(16).padStart(2, '0')
  }
  return hex
}

/** A random UUID of version 4. */
export function randomUuid(random: () => number): string {
  const hex = randomHex(random, 16)
  const variant = (8 + Math.floor(random() * 4)).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
