// Chunks with room before them are sent without a copy, used again once they are sent, and never while somebody may still read them.
import { expect, test } from 'vitest'
import { allocateRoomy, mostRoomyBytes, releaseRoomy, roomBytes, withRoom } from '../../shared/contract/roomyBytes.ts'

test('the room lies before the bytes, in the same memory', () => {
  const bytes = allocateRoomy(5)
  bytes.set([1, 2, 3, 4, 5])
  const whole = withRoom(bytes)
  expect(whole?.byteLength).toBe(roomBytes + 5)
  expect([...(whole ?? [])].slice(roomBytes)).toEqual([1, 2, 3, 4, 5])
})

test('bytes of any other kind have none, parts of roomy ones included', () => {
  expect(withRoom(new Uint8Array(10))).toBeNull()
  expect(withRoom(new Uint8Array(new ArrayBuffer(10), roomBytes))).toBeNull()
  expect(withRoom(allocateRoomy(100).subarray(10))).toBeNull()
})

test('a large one is used again after it was released, and not before; a released one has no room to write to any more', () => {
  const first = allocateRoomy(mostRoomyBytes)
  expect(allocateRoomy(mostRoomyBytes).buffer).not.toBe(first.buffer)
  releaseRoomy(first)
  expect(withRoom(first)).toBeNull()
  const again = allocateRoomy(mostRoomyBytes - 7)
  expect(again.buffer).toBe(first.buffer)
  expect(again.byteLength).toBe(mostRoomyBytes - 7)
})

test('released twice it is handed out once', () => {
  const bytes = allocateRoomy(mostRoomyBytes)
  releaseRoomy(bytes)
  releaseRoomy(bytes)
  expect(allocateRoomy(mostRoomyBytes).buffer).not.toBe(allocateRoomy(mostRoomyBytes).buffer)
})

test('more than one piece can hold is refused', () => {
  expect(() => allocateRoomy(mostRoomyBytes + 1)).toThrow(RangeError)
})
