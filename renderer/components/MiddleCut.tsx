// A name that is cut in the middle when there is no room, with the whole of it on hover. Whatever it holds is text, never markup.
import { splitMiddle } from '../lib/middle.ts'

export function MiddleCut({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  const { head, tail, whole } = splitMiddle(text)
  return (
    <bdi className={`cut ${className}`} title={whole}>
      <span className="cut-head">{head}</span>
      {tail !== '' && <span className="cut-tail">{tail}</span>}
    </bdi>
  )
}
