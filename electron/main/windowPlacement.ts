// Remembers where the window was, and puts it back where a screen still is.
import { screen } from 'electron'
import type { BrowserWindow, Rectangle } from 'electron'
import { readFileSync, writeFileSync } from 'node:fs'

export interface Placement {
  readonly bounds: Rectangle | { readonly width: number; readonly height: number }
  readonly maximized: boolean
}

const firstSize = { width: 1360, height: 860 }
const writeDelayMs = 400

/** The remembered placement; a first one when none was kept, it cannot be read, or its screen is gone. */
export function readPlacement(file: string): Placement {
  const kept = parsePlacement(file)
  if (kept === null) return { bounds: onScreen(firstSize), maximized: false }
  return isVisible(kept.bounds) ? kept : { bounds: onScreen(kept.bounds), maximized: kept.maximized }
}

/** A size that is no larger than what the main screen has room for. */
function onScreen({ width, height }: { readonly width: number; readonly height: number }): { width: number; height: number } {
  const { workArea } = screen.getPrimaryDisplay()
  return { width: Math.min(width, workArea.width), height: Math.min(height, workArea.height) }
}

/** Writes the window's placement to `file` after it was moved, and when it closes. */
export function rememberPlacement(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined
  const write = (): void => {
    clearTimeout(timer)
    timer = undefined
    const placement: Placement = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    try {
      writeFileSync(file, JSON.stringify(placement))
    } catch {
      // A placement that cannot be kept is not worth a word: the next start takes the first one.
    }
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(write, writeDelayMs)
  }
  window.on('resize', soon)
  window.on('move', soon)
  window.on('close', write)
  window.on('closed', () => {
    clearTimeout(timer)
  })
}

function parsePlacement(file: string): { readonly bounds: Rectangle; readonly maximized: boolean } | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof parsed !== 'object' || parsed === null || !('bounds' in parsed) || !('maximized' in parsed)) return null
    const { bounds } = parsed
    if (typeof bounds !== 'object' || bounds === null) return null
    const numbers = ['x', 'y', 'width', 'height'].map((key): unknown => Reflect.get(bounds, key))
    const [x, y, width, height] = numbers
    if (!isWhole(x) || !isWhole(y) || !isWhole(width) || !isWhole(height) || width < 640 || height < 480) return null
    return { bounds: { x, y, width, height }, maximized: parsed.maximized === true }
  } catch {
    return null
  }
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}

/** The title bar must lie on a screen, or the window could not be fetched back. */
function isVisible(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const overlap = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x)
    return overlap >= 100 && bounds.y >= workArea.y - 10 && bounds.y < workArea.y + workArea.height - 40
  })
}
