// Long names are cut in the middle: the head may shrink, the tail always shows.
import { madeOnce } from './madeOnce.ts'

export interface SplitText {
  readonly head: string
  readonly tail: string
  /** What the hover shows: whole, up to a length that a tooltip can hold. */
  readonly whole: string
}

const shortEnough = 22
const longestGrapheme = 16
const shownHead = 160
const shownWhole = 500
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]/u
const segmenter = madeOnce(() => new Intl.Segmenter(undefined, { granularity: 'grapheme' }))

/** Splits without breaking an emoji or an accent; right-to-left text and short text stay in one piece. */
export function splitMiddle(text: string, tailLength = 8): SplitText {
  const whole = text.length > shownWhole ? `${text.slice(0, shownWhole)}… (${text.length.toLocaleString()} characters)` : text
  if (rightToLeft.test(text)) return { head: text.slice(0, shownHead), tail: '', whole }
  if (text.length <= shortEnough) return { head: text, tail: '', whole }
  // Looking at the end only: the first piece of it may be half of something, and is never part of the tail.
  const ending = [...segmenter().segment(text.slice(-tailLength * longestGrapheme))].map((part) => part.segment)
  // A space between two words stays with the first: nothing but the dots stand in the gap.
  const tail = ending.slice(1).slice(-tailLength).join('').trimStart()
  const head = text.slice(0, text.length - tail.length)
  return { head: head.length > shownHead ? `${head.slice(0, shownHead)}…` : head, tail, whole }
}
