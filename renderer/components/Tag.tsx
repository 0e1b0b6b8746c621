// A state: always an icon and a word, never a colour alone.
import type { TablerIcon } from '@tabler/icons-react'
import { Icon } from './Icon.tsx'

export type Tone = 'ok' | 'off' | 'warn' | 'bad' | 'accent'

export function Tag({
  tone,
  icon,
  word,
  title,
}: {
  readonly tone: Tone
  readonly icon: TablerIcon
  readonly word: string
  readonly title?: string
}) {
  return (
    <span className={`tag tone-${tone}`} title={title}>
      <Icon of={icon} sizePx={13} />
      {word}
    </span>
  )
}
