// Full screen with the whole keyboard, where the platform gives it: keys that the operator's own system would take go to the guest too.

interface KeyboardLock {
  lock(): Promise<void>
  unlock(): void
}

function keyboardLock(): KeyboardLock | null {
  const { keyboard } = navigator as Navigator & { readonly keyboard?: Partial<KeyboardLock> }
  return typeof keyboard?.lock === 'function' && typeof keyboard.unlock === 'function' ? (keyboard as KeyboardLock) : null
}

export async function toggleFullScreen(element: HTMLElement): Promise<void> {
  if (document.fullscreenElement !== null) {
    keyboardLock()?.unlock()
    await document.exitFullscreen()
    return
  }
  await element.requestFullscreen()
  // Without it the system keeps a few keys for itself; full screen is still full screen.
  await keyboardLock()
    ?.lock()
    .catch(() => undefined)
}

/** A dialog lies outside of what is shown in full screen. */
export async function leaveFullScreen(): Promise<void> {
  if (document.fullscreenElement === null) return
  keyboardLock()?.unlock()
  await document.exitFullscreen()
}
