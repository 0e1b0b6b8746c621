// The application menu: the standard entries, and nothing that a page could not do itself.
import { app, Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'

/** Must run before the app is ready: Electron's own menu would be built for nothing. */
export function leaveOutDefaultMenu(): void {
  Menu.setApplicationMenu(null)
}

export function setMenu(actions: { showWindow: () => void; quit: () => void }): void {
  const isMac = process.platform === 'darwin'
  const appMenu: MenuItemConstructorOptions[] = isMac ? [{ role: 'appMenu' }] : []
  const developer: MenuItemConstructorOptions[] = app.isPackaged ? [] : [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...appMenu,
      {
        label: '&File',
        submenu: [
          { label: 'Show window', click: actions.showWindow },
          { type: 'separator' },
          isMac ? { role: 'close' } : { label: 'Quit', accelerator: 'CommandOrControl+Q', click: actions.quit },
        ],
      },
      { role: 'editMenu' },
      {
        label: '&View',
        submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }, ...developer],
      },
      { role: 'windowMenu' },
    ]),
  )
}
