// What only the desktop's shell does: one instance, a window that cannot be led away, no permissions, a worker that leaves with it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumFlags, electronEnvironment } from '../../scripts/electronStart.ts'
import { electronRuntime, root } from '../../scripts/requirements.ts'
import { startApp } from './app.ts'
import { expect, test } from './fixtures.ts'

test('a second start brings the first window back and leaves', async ({ app, dataDir, environment }) => {
  const { runtime } = electronRuntime()
  if (app.electron === null || runtime === null) throw new Error('this needs Electron')
  await app.electron.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.hide()
  })
  const second = spawn(runtime.executable, [...chromiumFlags(false), root], {
    env: { ...electronEnvironment(runtime), ...environment, FLINT_CONSOLE_DATA_DIR: dataDir },
    stdio: 'ignore',
  })
  expect(await once(second, 'exit')).toEqual([0, null])
  const windows = await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))
  expect(windows).toEqual([true])
})

test('the window is sandboxed and isolated, and cannot be led away', async ({ app }) => {
  const { page, electron } = app
  if (electron === null) throw new Error('this needs Electron')
  await page.evaluate(() => {
    window.location.href = 'https://example.com/'
  })
  await page.evaluate(() => window.open('file:///etc/passwd'))
  expect(new URL(page.url()).protocol).toBe('app:')
  expect(electron.windows()).toHaveLength(1)
  const permissions = await page.evaluate(async () => ({
    notifications: await Notification.requestPermission(),
    camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'granted',
      () => 'denied',
    ),
  }))
  expect(permissions).toEqual({ notifications: 'denied', camera: 'denied' })
})

test('the app’s own scheme answers only files of the built window', async ({ app: { page } }) => {
  const statuses = await page.evaluate(async () => {
    const paths = ['/index.html', '/..%2f..%2fpackage.json', '/%2e%2e/main/main.cjs', '/../preload/preload.cjs', '/assets/../../main/main.cjs', '/nothing.js']
    return Promise.all(paths.map(async (path) => (await fetch(path)).status))
  })
  expect(statuses).toEqual([200, 404, 404, 404, 404, 404])
})

test('the worker leaves with the app', async ({ app }) => {
  await expect(app.page.getByRole('button', { name: 'Connect a node' })).toBeVisible()
  const pid = app.workerPid()
  await app.close()
  expect(() => process.kill(pid, 0)).toThrow()
})

test('a window that was kept for a larger screen, which is gone, is no larger than the one that is there', async ({ host, dataDir, environment }) => {
  mkdirSync(join(dataDir, 'window'), { recursive: true })
  writeFileSync(join(dataDir, 'window', 'placement.json'), JSON.stringify({ bounds: { x: -9_000, y: 0, width: 7_680, height: 4_320 }, maximized: false }))
  const app = await startApp({ host, dataDir, environment })
  try {
    const { bounds, workArea } = (await app.electron?.evaluate(({ BrowserWindow, screen }) => ({
      bounds: BrowserWindow.getAllWindows()[0]?.getBounds(),
      workArea: screen.getPrimaryDisplay().workArea,
    }))) ?? { bounds: undefined, workArea: undefined }
    expect(bounds?.width).toBeLessThanOrEqual(workArea?.width ?? 0)
    expect(bounds?.height).toBeLessThanOrEqual(workArea?.height ?? 0)
  } finally {
    await app.close()
  }
})
