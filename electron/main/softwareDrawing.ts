// A window that stays blank because no graphics card can be had is not a dead end: the app starts once more and draws in software.
import { app } from 'electron'

const withoutGpu = 'disable-gpu'

/** Starts the app anew, drawing in software; nothing when it does so already. The worker leaves first, as at any other end. */
export function startAgainInSoftware(): void {
  if (app.commandLine.hasSwitch(withoutGpu)) return
  app.relaunch({ args: [...process.argv.slice(1), `--${withoutGpu}`] })
  app.quit()
}
