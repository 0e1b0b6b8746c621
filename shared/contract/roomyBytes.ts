// Bytes with room before them: a transport that puts a few bytes in front of a chunk writes them there instead of copying the whole. Large ones are
// used again: a worker that carries screens would otherwise spend its time collecting what it has just sent.

/** How much room there is. */
export const roomBytes = 4
/** The most that one can hold: small enough to stay in a processor's cache between being filled and being sent. */
export const mostRoomyBytes = 64 * 1024

/** What is worth keeping: smaller ones are cheap to make, and a whole buffer is more than they need. */
const keptAboveBytes = mostRoomyBytes / 2
const mostKept = 64

const roomy = new WeakSet<ArrayBufferLike>()
const free: ArrayBuffer[] = []

/**
 * Bytes to be filled, and then given away. What they hold at first is nothing in particular.
 * @throws RangeError above `mostRoomyBytes`
 */
export function allocateRoomy(length: number): Uint8Array<ArrayBuffer> {
  if (length > mostRoomyBytes) throw new RangeError('too much for one piece')
  const size = length > keptAboveBytes ? mostRoomyBytes : length
  const buffer = (size === mostRoomyBytes ? free.pop() : undefined) ?? new ArrayBuffer(roomBytes + size)
  roomy.add(buffer)
  return new Uint8Array(buffer, roomBytes, length)
}

/** The same bytes with their room in front; null for bytes that have none of their own. */
export function withRoom(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const { buffer } = bytes
  if (!roomy.has(buffer) || !(buffer instanceof ArrayBuffer) || bytes.byteOffset !== roomBytes) return null
  return new Uint8Array(buffer, 0, roomBytes + bytes.byteLength)
}

/** Called by a transport that has sent them and holds them no more: they may be used again. Bytes of any other kind are left alone. */
export function releaseRoomy(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (!roomy.delete(buffer) || !(buffer instanceof ArrayBuffer)) return
  if (buffer.byteLength === roomBytes + mostRoomyBytes && free.length < mostKept) free.push(buffer)
}
