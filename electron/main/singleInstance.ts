// One app per data folder: a second start brings the first one's window to the front and leaves.
import { app } from 'electron'

/** Answers false when another instance runs already: the caller starts nothing more. */
export function claimSingleInstance(showWindow: () => void): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return false
  }
  app.on('second-instance', showWindow)
  return true
}
