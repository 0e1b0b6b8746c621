// Which consoles are open in the app, and which is in front; kept for as long as this window lives, reloads included.
import { keyOf, type VmKey } from './vmKey.ts'

export interface OpenTabs {
  readonly tabs: readonly VmKey[]
  /** The key of the one in front; null when none is open. */
  readonly front: string | null
}

const storageKey = 'flint-console:consoles'

function isVmKey(value: unknown): value is VmKey {
  return typeof value === 'object' && value !== null && 'nodeId' in value && typeof value.nodeId === 'string' && 'uuid' in value && typeof value.uuid === 'string'
}

export class ConsoleTabs {
  readonly #listeners = new Set<() => void>()
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>
  #view: OpenTabs

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage
    const tabs = this.#stored()
    this.#view = { tabs, front: tabs[0] === undefined ? null : keyOf(tabs[0]) }
  }

  readonly view = (): OpenTabs => this.#view

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Opens a VM's console, or brings the one that is open to the front. */
  open({ nodeId, uuid }: VmKey): void {
    const vm = { nodeId, uuid }
    const known = this.#view.tabs.some((one) => keyOf(one) === keyOf(vm))
    this.#set(known ? this.#view.tabs : [...this.#view.tabs, vm], keyOf(vm))
  }

  bringToFront(key: string): void {
    if (this.#view.tabs.some((one) => keyOf(one) === key)) this.#set(this.#view.tabs, key)
  }

  /** The one beside it comes to the front. */
  close(key: string): void {
    const place = this.#view.tabs.findIndex((one) => keyOf(one) === key)
    if (place < 0) return
    const tabs = this.#view.tabs.filter((_, index) => index !== place)
    const beside = tabs[Math.min(place, tabs.length - 1)]
    const front = this.#view.front === key ? (beside === undefined ? null : keyOf(beside)) : this.#view.front
    this.#set(tabs, front)
  }

  /** The next or the previous one, round and round. */
  step(by: 1 | -1): void {
    const { tabs, front } = this.#view
    const place = tabs.findIndex((one) => keyOf(one) === front)
    const next = tabs.at((place + by) % tabs.length)
    if (next !== undefined) this.#set(tabs, keyOf(next))
  }

  #set(tabs: readonly VmKey[], front: string | null): void {
    this.#view = { tabs, front }
    try {
      this.#storage.setItem(storageKey, JSON.stringify(tabs))
    } catch {
      // A full or forbidden storage costs the memory of the tabs, nothing else.
    }
    for (const listener of this.#listeners) listener()
  }

  #stored(): VmKey[] {
    try {
      const value: unknown = JSON.parse(this.#storage.getItem(storageKey) ?? '[]')
      return Array.isArray(value) ? value.filter(isVmKey).map(({ nodeId, uuid }) => ({ nodeId, uuid })) : []
    } catch {
      return []
    }
  }
}

/** This window's own. */
export const consoleTabs = new ConsoleTabs(sessionStorage)
