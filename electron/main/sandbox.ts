// Holds every renderer in Chromium's sandbox, except where the system was told that it cannot be had (root in a container).
import { app } from 'electron'

/** Must run before the app is ready. `enableSandbox` would cancel a `--no-sandbox` that was given on purpose, and then crash for ever. */
export function enableSandbox(): void {
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
}
