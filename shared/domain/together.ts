// Two questions asked at the same time, of which the first one's failure says more.

/** Waits until both have ended, however they did, so that nothing goes on behind the caller's back; throws the first one's failure before the second's. */
export async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [one, other] = await Promise.allSettled([first, second])
  if (one.status === 'rejected') throw one.reason
  if (other.status === 'rejected') throw other.reason
  return [one.value, other.value]
}
