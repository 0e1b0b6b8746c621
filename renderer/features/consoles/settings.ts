// What is remembered of each VM's console: what was open, how it is shown, and its guest's keyboard.
import { isLayoutId, type LayoutId } from '../../../shared/domain/keyboard/guestLayout.ts'
import { keep, recall } from '../../lib/remembered.ts'
import { keyOf, type VmKey } from '../../lib/vmKey.ts'
import type { ConsoleKind, Scaling, ViewSettings } from './frame/protocol.ts'

export interface ConsoleSettings extends ViewSettings {
  readonly kind: ConsoleKind
  readonly layout: LayoutId
}

const firstSettings: ConsoleSettings = { kind: 'vnc', scaling: 'fit', quality: 6, compression: 2, viewOnly: false, fontSizePx: 13, layout: 'us' }

const scalings: readonly Scaling[] = ['fit', 'actual', 'remote']

function isLevel(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 9
}

function fits(stored: unknown): stored is ConsoleSettings {
  if (typeof stored !== 'object' || stored === null) return false
  const { kind, scaling, quality, compression, viewOnly, fontSizePx, layout } = stored as Partial<Record<keyof ConsoleSettings, unknown>>
  return (
    (kind === 'vnc' || kind === 'serial') &&
    scalings.some((one) => one === scaling) &&
    isLevel(quality) &&
    isLevel(compression) &&
    typeof viewOnly === 'boolean' &&
    typeof fontSizePx === 'number' &&
    fontSizePx >= 8 &&
    fontSizePx <= 32 &&
    isLayoutId(layout)
  )
}

export function recallSettings(vm: VmKey): ConsoleSettings {
  return recall(`console:${keyOf(vm)}`, fits, firstSettings)
}

export function keepSettings(vm: VmKey, settings: ConsoleSettings): void {
  keep(`console:${keyOf(vm)}`, settings)
}
