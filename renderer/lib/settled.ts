// A value that is still being typed, once it has stood still for a moment.
import { useEffect, useState } from 'react'

/** The text as it was when it last stood still for `forMs`. */
export function useSettled(text: string, forMs: number): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setSettled(text)
    }, forMs)
    return () => {
      window.clearTimeout(timer)
    }
  }, [text, forMs])
  return settled
}
