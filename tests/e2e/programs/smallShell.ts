// A shell made of the app's own parts, with the small worker in Electron's utility process.
import { app, ipcMain } from 'electron'
import { join } from 'node:path'
import { registerAppScheme, serveAppScheme } from '../../../electron/main/appScheme.ts'
import { readEnvironment } from '../../../electron/main/environment.ts'
import { OutputLog } from '../../../electron/main/outputLog.ts'
import { enableSandbox } from '../../../electron/main/sandbox.ts'
import { createWindow } from '../../../electron/main/window.ts'
import { WorkerHost } from '../../../electron/main/workerHost.ts'

readEnvironment()
enableSandbox()
registerAppScheme()
void app.whenReady().then(start)

function start(): void {
  const folder = app.getAppPath()
  const host = new WorkerHost({
    file: join(folder, 'worker.cjs'),
    executable: null,
    environment: process.env,
    output: new OutputLog(join(app.getPath('userData'), 'worker-output.log')),
    onFailed: () => undefined,
  })
  host.start()
  serveAppScheme(join(folder, 'page'))
  ipcMain.on('flint-console:ready', (event) => {
    host.addWindow(event.sender)
  })
  createWindow({ preload: join(folder, 'preload.cjs'), icon: '' })
  app.on('will-quit', (event) => {
    if (host.pid === undefined) return
    event.preventDefault()
    void host.stop().finally(() => {
      app.quit()
    })
  })
}
