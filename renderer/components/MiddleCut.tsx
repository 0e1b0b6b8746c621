// A name that is cut in the middle when there is no room, with the whole of it on hover. Whatever it holds is text, never markup.
import { splitMiddle } from '../lib/middle.ts'

/** The document holds the name once and whole, for screen readers, search and copying; what is drawn are its two parts. */
export function MiddleCut({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  const { head, tail, whole } = splitMiddle(text)
  if (tail === '') {
    return (
      <bdi className={`cut-end ${className}`} title={whole}>
        {head}
      </bdi>
    )
  }
  return (
    <bdi className={`cut ${className}`} title={whole}>
      <span className="hidden-words">{whole}</span>
      <span className="cut-head" aria-hidden="true" data-text={head} />
      <span className="cut-tail" aria-hidden="true" data-text={tail} />
    </bdi>
  )
}
