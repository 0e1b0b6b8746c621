// The shell: one readable list of what starts, in the order in which it starts.
import { app, dialog, ipcMain } from 'electron'
import type { BrowserWindow } from 'electron'
import { join } from 'node:path'
import { loadRequestClasses, pageOrigin, pageUrl, registerAppScheme, serveAppScheme } from './appScheme.ts'
import { followAttention } from './attention.ts'
import { askBeforeClosing } from './closing.ts'
import { compiledCodeFolder, readEnvironment } from './environment.ts'
import { leaveOutDefaultMenu, setMenu } from './menu.ts'
import { OutputLog } from './outputLog.ts'
import { followPower } from './power.ts'
import { enableSandbox } from './sandbox.ts'
import { followSavedReports } from './savedReports.ts'
import { claimSingleInstance } from './singleInstance.ts'
import { createTray } from './tray.ts'
import { confineSession, createWindow } from './window.ts'
import { WorkerHost } from './workerHost.ts'
import { utilityProcessProblem } from './workerProcess.ts'

const aroundAfterMs = 300

const environment = readEnvironment()
const appDir = app.getAppPath()
// A plain Node cannot read inside an asar: the worker and its modules lie beside it.
const unpackedDir = appDir.replace(/app\.asar$/, 'app.asar.unpacked')
let window: BrowserWindow | null = null
let quitting = false
let stopped = false

enableSandbox()
registerAppScheme()
leaveOutDefaultMenu()
if (claimSingleInstance(showWindow)) begin()

/** A worker in a process of Node's own starts while Electron itself still does; a utility process cannot be had before Electron is ready. */
function begin(): void {
  const early = environment.workerExecutable === null ? null : startWorker()
  app.once('ready', () => {
    start(early)
  })
  loadRequestClasses()
}

function start(early: WorkerHost | null): void {
  const problem = environment.workerExecutable === null ? utilityProcessProblem(process.versions) : null
  if (problem !== null) {
    process.stderr.write(`${problem}\n`)
    if (app.isPackaged) dialog.showErrorBox('Flint Console cannot start', problem)
    app.exit(1)
    return
  }
  const host = early ?? startWorker()
  confineSession()
  serveAppScheme(join(appDir, 'out', 'renderer'))
  answerPages(host)
  window = openWindow()
  endTogether(host)
  // What surrounds the window comes after it: first there is something to see.
  window.once('show', () => {
    setTimeout(() => {
      if (!quitting) startAround(host)
    }, aroundAfterMs)
  })
}

function startAround(host: WorkerHost): void {
  setMenu({ showWindow, quit })
  const tray = createTray(join(appDir, 'resources'), { showWindow, quit })
  followPower((state) => {
    host.tellPower(state)
  })
  followAttention(host, { say: (text) => tray?.say(text), show: showScreen })
  followSavedReports(host, (message) => {
    process.stderr.write(`a month's report could not be printed: ${message}\n`)
  })
}

function startWorker(): WorkerHost {
  const host = new WorkerHost({
    file: join(unpackedDir, 'out', 'main', 'worker.cjs'),
    executable: environment.workerExecutable,
    environment: { NODE_COMPILE_CACHE: compiledCodeFolder(), ...process.env },
    output: new OutputLog(join(app.getPath('userData'), 'logs', 'worker-output.log')),
    onFailed: (error) => {
      process.stderr.write(`worker: ${error.message}\n`)
    },
  })
  host.start()
  return host
}

/** Only our own page, in a window's main frame, is given a line to the worker. */
function answerPages(host: WorkerHost): void {
  ipcMain.on('flint-console:ready', (event) => {
    const frame = event.senderFrame
    if (frame === null || frame.parent !== null || !frame.url.startsWith(`${pageOrigin}/`)) return
    host.addWindow(event.sender)
  })
}

function openWindow(): BrowserWindow {
  const opened = createWindow({
    preload: join(appDir, 'out', 'preload', 'preload.cjs'),
    icon: join(appDir, 'resources', 'icon', '256x256.png'),
  })
  if (!environment.demo) askBeforeClosing(opened, () => quitting)
  opened.on('closed', () => {
    window = null
  })
  return opened
}

function endTogether(host: WorkerHost): void {
  app.on('before-quit', () => {
    quitting = true
  })
  app.on('window-all-closed', quit)
  app.on('activate', showWindow)
  app.on('will-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    void host.stop().finally(() => {
      stopped = true
      app.quit()
    })
  })
}

function showWindow(): void {
  if (!app.isReady() || quitting) return
  window ??= openWindow()
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** `screen`: its address from the `#` on. The page stays as it is but for that: nothing is loaded anew. */
function showScreen(screen: string): void {
  showWindow()
  const contents = window?.webContents
  if (contents === undefined || quitting) return
  const go = (): void => {
    // Left undone when the operator goes elsewhere meanwhile.
    contents.loadURL(`${pageUrl}${screen}`).catch(() => undefined)
  }
  if (contents.isLoadingMainFrame()) contents.once('did-finish-load', go)
  else go()
}

function quit(): void {
  app.quit()
}
