// Small choices that outlive the window: columns, sort order, density. Never a secret.
import { useCallback, useState } from 'react'

const prefix = 'flint-console:'

/** Says whether what was stored, perhaps by an older version, still is a choice. */
export type Fits<T> = (stored: unknown) => stored is T

/** A choice as it was left; what is missing or does not fit any more is the initial value. */
export function recall<T>(key: string, fits: Fits<T>, initial: T): T {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(prefix + key) ?? 'null')
    return fits(stored) ? stored : initial
  } catch {
    return initial
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value))
  } catch {
    // A full or forbidden storage costs the memory of a choice, nothing else.
  }
}

/** State that is remembered under a key. */
export function useRemembered<T>(key: string, fits: Fits<T>, initial: T): readonly [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => recall(key, fits, initial))
  const set = useCallback(
    (next: T) => {
      keep(key, next)
      setValue(next)
    },
    [key],
  )
  return [value, set]
}

export function isText(stored: unknown): stored is string {
  return typeof stored === 'string'
}

export function isYesOrNo(stored: unknown): stored is boolean {
  return typeof stored === 'boolean'
}
