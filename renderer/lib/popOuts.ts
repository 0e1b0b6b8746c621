// Consoles in windows of their own: one for each VM, where it was left, known to every window of the app.
import { madeOnce } from './madeOnce.ts'
import { keep, recall } from './remembered.ts'
import { keyOf, type VmKey } from './vmKey.ts'

interface Place {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

type Told = { readonly kind: 'here' | 'gone' | 'back'; readonly vm: VmKey } | { readonly kind: 'who' }

const channelName = 'flint-console:consoles'
const firstSize = { width: 1024, height: 800 }
const route = '#/console-window/'

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false
  const { left, top, width, height } = value as Partial<Record<keyof Place, unknown>>
  return [left, top, width, height].every((number) => typeof number === 'number' && Number.isFinite(number))
}

function placeOf(vm: VmKey): Place {
  const middle: Place = {
    ...firstSize,
    left: Math.max(0, Math.round((screen.availWidth - firstSize.width) / 2)),
    top: Math.max(0, Math.round((screen.availHeight - firstSize.height) / 2)),
  }
  const kept = recall(`console-window:${keyOf(vm)}`, isPlace, middle)
  // The screen it was on may be gone.
  const isVisible = kept.left > -kept.width + 100 && kept.top >= 0 && kept.left < screen.availWidth * 3 && kept.top < screen.availHeight * 2
  return isVisible ? kept : middle
}

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'
}

export class PopOuts {
  readonly #channel = new BroadcastChannel(channelName)
  readonly #post = this.#channel.postMessage.bind(this.#channel)
  readonly #listeners = new Set<() => void>()
  readonly #backListeners = new Set<(vm: VmKey) => void>()
  readonly #windows = new Map<string, Window>()
  #out: ReadonlySet<string> = new Set()
  /** Set in a window that is itself one VM's console. */
  #self: VmKey | null = null

  constructor() {
    this.#channel.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (isTold(event.data)) this.#hear(event.data)
    })
    this.#tell({ kind: 'who' })
  }

  readonly view = (): ReadonlySet<string> => this.#out

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Told when a console window is sent back into the app. */
  onBack(listener: (vm: VmKey) => void): () => void {
    this.#backListeners.add(listener)
    return () => this.#backListeners.delete(listener)
  }

  isOut(vm: VmKey): boolean {
    return this.#out.has(keyOf(vm))
  }

  /** Opens the VM's window, or brings the one that is open to the front. False where the platform did not let it open. */
  open(vm: VmKey): boolean {
    const known = this.#windows.get(keyOf(vm))
    if (known !== undefined && !known.closed) {
      known.focus()
      return true
    }
    const { left, top, width, height } = placeOf(vm)
    const address = new URL(`${route}${encodeURIComponent(vm.nodeId)}/${encodeURIComponent(vm.uuid)}`, window.location.href)
    const opened = window.open(address, `console-${keyOf(vm)}`, `popup,left=${left},top=${top},width=${width},height=${height}`)
    if (opened === null) return false
    this.#windows.set(keyOf(vm), opened)
    this.#mark(vm, true)
    return true
  }

  /** Called by a console's own window: tells the others, and remembers where it stands. Returns how to end that. */
  announce(vm: VmKey): () => void {
    this.#self = vm
    this.#tell({ kind: 'here', vm })
    const remember = (): void => {
      keep(`console-window:${keyOf(vm)}`, {
        left: window.screenX,
        top: window.screenY,
        width: window.innerWidth,
        height: window.innerHeight,
      } satisfies Place)
    }
    const leave = (): void => {
      remember()
      this.#tell({ kind: 'gone', vm })
    }
    window.addEventListener('resize', remember)
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('resize', remember)
      window.removeEventListener('pagehide', leave)
    }
  }

  /** Called by a console's own window: the app takes it back, and this window closes. */
  sendBack(vm: VmKey): void {
    this.#tell({ kind: 'back', vm })
    window.close()
  }

  #tell(told: Told): void {
    this.#post(told)
  }

  #hear(told: Told): void {
    if (told.kind === 'who') {
      if (this.#self !== null) this.#tell({ kind: 'here', vm: this.#self })
      return
    }
    this.#mark(told.vm, told.kind === 'here')
    if (told.kind !== 'back' || this.#self !== null) return
    window.focus()
    for (const listener of this.#backListeners) listener(told.vm)
  }

  #mark(vm: VmKey, isOut: boolean): void {
    const key = keyOf(vm)
    if (this.#out.has(key) === isOut) return
    const out = new Set(this.#out)
    if (isOut) out.add(key)
    else out.delete(key)
    this.#out = out
    for (const listener of this.#listeners) listener()
  }
}

/** This window's own view of them; opening the channel is slow enough for the first screen not to wait for it. */
export const popOuts = madeOnce(() => new PopOuts())
