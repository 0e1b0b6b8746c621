// The one window: sandboxed, without Node, and unable to go or open anything that the operator did not agree to.
import { app, BrowserWindow, dialog, nativeTheme, session, shell } from 'electron'
import type { WebContents, WebPreferences } from 'electron'
import { join } from 'node:path'
import { isFrame, pageOrigin, pageUrl } from './appScheme.ts'
import { consoleWindowOptions, isConsoleWindow } from './consoleWindows.ts'
import { startAgainInSoftware } from './softwareDrawing.ts'
import { readPlacement, rememberPlacement } from './windowPlacement.ts'

const backgrounds = { dark: '#141517', light: '#fbfbfa' }
const reloadsPerMinute = 3
/** A document that is not there by then will not come: seen where there is no graphics card and the search for one fails at a bad moment. */
const stuckAfterMs = 15_000

/** Creates the window and loads the page; it is shown as soon as there is something to see. */
export function createWindow(paths: { preload: string; icon: string }): BrowserWindow {
  const placementFile = join(app.getPath('userData'), 'placement.json')
  const placement = readPlacement(placementFile)
  const window = new BrowserWindow({
    ...placement.bounds,
    minWidth: 900,
    minHeight: 560,
    show: false,
    title: 'Flint Console',
    icon: paths.icon,
    backgroundColor: nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light,
    webPreferences: webPreferences(paths.preload),
  })
  if (placement.maximized) window.maximize()
  rememberPlacement(window, placementFile)
  window.once('ready-to-show', () => {
    window.show()
  })
  confine(window.webContents, paths)
  reloadWhenCrashed(window)
  startAgainWhenStuck(window.webContents)
  void window.loadURL(pageUrl)
  return window
}

function webPreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    webviewTag: false,
    spellcheck: false,
    // The page's compiled code is kept from the first start on, not only from the third.
    v8CacheOptions: 'bypassHeatCheck',
    devTools: !app.isPackaged,
  }
}

/** Denies every permission but putting text into the clipboard, and a console's full screen with its keyboard; no dictionary is fetched. Once per app. */
export function confineSession(): void {
  session.defaultSession.setSpellCheckerEnabled(false)
  const allowed = new Set(['clipboard-sanitized-write', 'fullscreen', 'keyboardLock'])
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) => {
    answer(allowed.has(permission))
  })
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => allowed.has(permission))
}

function confine(contents: WebContents, paths: { preload: string; icon: string }): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (isConsoleWindow(url)) return { action: 'allow', overrideBrowserWindowOptions: consoleWindowOptions(paths.icon, webPreferences(paths.preload)) }
    void openOutside(url)
    return { action: 'deny' }
  })
  contents.on('did-create-window', (child) => {
    confine(child.webContents, paths)
    reloadWhenCrashed(child)
  })
  contents.on('will-navigate', (event) => {
    if (!event.url.startsWith(`${pageOrigin}/`)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame && !isFrame(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
}

/** Opens an https address in the system's browser after the operator has seen it whole and agreed; anything else is ignored. */
async function openOutside(address: string): Promise<void> {
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') return
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Open this address in your browser?',
    detail: address,
    buttons: ['Open', 'Cancel'],
    defaultId: 0,
    cancelId: 1,
  })
  if (response === 0) await shell.openExternal(address)
}

function startAgainWhenStuck(contents: WebContents): void {
  const timer = setTimeout(startAgainInSoftware, stuckAfterMs)
  const settled = (): void => {
    clearTimeout(timer)
  }
  contents.once('dom-ready', settled)
  contents.once('destroyed', settled)
}

function reloadWhenCrashed(window: BrowserWindow): void {
  let reloads: number[] = []
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return
    const now = performance.now()
    reloads = [...reloads.filter((at) => now - at < 60_000), now]
    if (reloads.length <= reloadsPerMinute) window.webContents.reload()
    else dialog.showErrorBox('Flint Console', `The window's process ended again and again (${details.reason}). The worker goes on; start the app anew.`)
  })
}
