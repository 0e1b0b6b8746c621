// What closing the window means: the worker's automation goes on in the background, or the app ends. Asked once, when it first matters.
import { app, dialog } from 'electron'
import type { BrowserWindow } from 'electron'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Intercepts the window's close button; `quitting` is true once the app is on its way out, when nothing is asked any more. */
export function askBeforeClosing(window: BrowserWindow, quitting: () => boolean): void {
  const file = join(app.getPath('userData'), 'closing.json')
  window.on('close', (event) => {
    if (quitting()) return
    event.preventDefault()
    const kept = keptAnswer(file)
    if (kept === 'background') window.hide()
    else if (kept === 'quit') app.quit()
    else void ask(window, file)
  })
}

async function ask(window: BrowserWindow, file: string): Promise<void> {
  const { response, checkboxChecked } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Keep working in the background?',
    detail: 'The worker goes on watching nodes and billing, and acts by your policy. Start the app again, or use its tray icon, to see the window.',
    buttons: ['Keep working', 'Quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    checkboxLabel: 'Do not ask again',
  })
  if (response === 2) return
  if (checkboxChecked) writeFileSync(file, JSON.stringify({ onClose: response === 0 ? 'background' : 'quit' }))
  if (response === 0) window.hide()
  else app.quit()
}

function keptAnswer(file: string): 'background' | 'quit' | null {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const answer: unknown = typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'onClose') : null
    return answer === 'background' || answer === 'quit' ? answer : null
  } catch {
    return null
  }
}
