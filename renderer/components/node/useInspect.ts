// Looks at what shows itself on a way before anything is sent, and stops at whatever has to be accepted first.
import { useState } from 'react'
import { useAct } from '../../lib/queries.ts'
import { accepted, accessOf, type Inspection, type Way } from './way.ts'

interface Inspecting {
  /** What waits to be accepted; null when nothing does. */
  readonly shown: Inspection | null
  readonly busy: boolean
  readonly error: Error | null
  /** Goes on with `next` when nothing (more) has to be accepted. */
  readonly look: (way: Way) => void
  /** Accepts what is shown and looks on; the way with it. */
  readonly accept: (way: Way) => Way
  readonly reset: () => void
}

export function useInspect(next: (way: Way) => void, nodeId?: string): Inspecting {
  const inspect = useAct('nodes.inspect')
  const [shown, setShown] = useState<Inspection | null>(null)
  const look = (way: Way): void => {
    const access = accessOf(way)
    inspect.mutate(
      { url: way.url, ...(access === undefined ? {} : { access }), ...(nodeId === undefined ? {} : { nodeId }) },
      {
        onSuccess: (seen) => {
          setShown(seen.toConfirm === null ? null : seen)
          if (seen.toConfirm === null) next(way)
        },
      },
    )
  }
  return {
    shown,
    busy: inspect.isPending,
    error: inspect.error,
    look,
    accept: (way) => {
      const sure = shown === null ? way : accepted(way, shown)
      setShown(null)
      look(sure)
      return sure
    },
    reset: () => {
      setShown(null)
      inspect.reset()
    },
  }
}
