// How tall a table's rows are: the operator's choice for the whole app.
import { useSyncExternalStore } from 'react'
import { keep, recall } from './remembered.ts'

const densities = ['normal', 'compact'] as const
export type Density = (typeof densities)[number]

const rowHeightPx: Record<Density, number> = { normal: 32, compact: 28 }
const listeners = new Set<() => void>()
let current: Density | null = null

export function isDensity(value: unknown): value is Density {
  return densities.some((known) => known === value)
}

function show(density: Density): void {
  document.documentElement.dataset['density'] = density
}

function density(): Density {
  if (current === null) {
    current = recall('density', isDensity, 'normal')
    show(current)
  }
  return current
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function setDensity(next: Density): void {
  current = next
  show(next)
  keep('density', next)
  for (const listener of listeners) listener()
}

export function useDensity(): Density {
  return useSyncExternalStore(subscribe, density)
}

export function useRowHeightPx(): number {
  return rowHeightPx[useDensity()]
}
