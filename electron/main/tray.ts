// The icon in the system's tray: says that the worker goes on while the window is away, and brings the window back.
import { Menu, nativeImage, Tray } from 'electron'
import { join } from 'node:path'

export interface TrayIcon {
  /** One line that the icon shows under the pointer. */
  say(text: string): void
}

/** Null where the system has no tray. The icon goes with the app: destroying it while the app quits hangs on Linux without a tray. */
export function createTray(resourcesDir: string, actions: { showWindow: () => void; quit: () => void }): TrayIcon | null {
  const file = process.platform === 'darwin' ? 'trayTemplate.png' : process.platform === 'win32' ? 'tray-32.png' : 'tray-22.png'
  const image = nativeImage.createFromPath(join(resourcesDir, 'tray', file))
  if (image.isEmpty()) return null
  try {
    const tray = new Tray(image)
    tray.setToolTip('Flint Console')
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Show Flint Console', click: actions.showWindow },
        { type: 'separator' },
        { label: 'Quit (automation stops)', click: actions.quit },
      ]),
    )
    tray.on('click', actions.showWindow)
    return {
      say: (text) => {
        tray.setToolTip(`Flint Console: ${text}`)
      },
    }
  } catch {
    return null
  }
}
