// The shell's worker host with Electron's own utility process, which no runtime is too old for when the worker needs no native module.
import { _electron, expect, test as base } from '@playwright/test'
import type { Page } from '@playwright/test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { chromiumFlags } from '../../scripts/electronStart.ts'
import { root } from '../../scripts/requirements.ts'
import { until } from '../helpers/until.ts'

const programs = join(import.meta.dirname, 'programs')

/** Builds one of the small programs, as CommonJS for Node or as a module for the page. */
async function buildProgram(source: string, target: string, isPage: boolean): Promise<void> {
  const [folder, name] = [join(target, '..'), target.split('/').at(-1) ?? '']
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      ssr: !isPage,
      target: isPage ? 'chrome130' : 'node20.18',
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: {
        input: source,
        external: isPage ? [] : ['electron', /^node:/],
        output: { format: isPage ? 'es' : 'cjs', entryFileNames: name },
      },
    },
  })
}

async function buildSmallApp(folder: string): Promise<void> {
  await buildProgram(join(programs, 'smallShell.ts'), join(folder, 'shell.cjs'), false)
  await buildProgram(join(programs, 'smallWorker.ts'), join(folder, 'worker.cjs'), false)
  await buildProgram(join(root, 'electron', 'preload', 'index.ts'), join(folder, 'preload.cjs'), false)
  await buildProgram(join(programs, 'smallPage.ts'), join(folder, 'page', 'page.js'), true)
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>Small shell</title><script type="module" src="/page.js"></script><body></body>')
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'small-shell', version: '1.0.0', main: 'shell.cjs' }))
}

const test = base.extend<{ page: Page; dataDir: string }, { smallApp: string }>({
  smallApp: [
    async ({ playwright: _unused }, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'flint-console-small-'))
      await buildSmallApp(folder)
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  dataDir: async ({ smallApp }, use) => {
    const dataDir = join(smallApp, 'data')
    await use(dataDir)
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  },
  page: async ({ smallApp, dataDir }, use) => {
    const electron = await _electron.launch({
      args: [...chromiumFlags(), smallApp],
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', DISPLAY: process.env['DISPLAY'] ?? '', XAUTHORITY: process.env['XAUTHORITY'] ?? '', ELECTRON_OVERRIDE_DIST_PATH: process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '', FLINT_CONSOLE_DATA_DIR: dataDir },
    })
    await use(await electron.firstWindow())
    await electron.close()
  },
})

async function shownPid(page: Page): Promise<number> {
  await expect(page.locator('#pid')).toHaveText(/^\d+$/)
  return Number(await page.locator('#pid').textContent())
}

test('calls, events and a stream with backpressure cross the port between page and utility process', async ({ page }) => {
  expect(await shownPid(page)).not.toBe(process.pid)
  await expect(page.locator('#event')).toHaveText('system')
  await expect(page.locator('#stream')).toHaveText(String(8 * 1024 * 1024))
})

test('a utility process that is killed is started again, its pending calls are answered, and the page gets a new line', async ({ page, dataDir }) => {
  const first = await shownPid(page)
  process.kill(first, 'SIGKILL')
  await expect(page.locator('#pending')).toHaveText('worker.gone')
  await until('another worker answers', async () => (await shownPid(page)) !== first)
  expect(readFileSync(join(dataDir, 'window', 'worker-output.log'), 'utf8')).toContain('started again in 1000 ms')
})

test('it is told to leave when the app ends', async ({ page }) => {
  const pid = await shownPid(page)
  await page.close()
  await until('the worker has left', () => !isAlive(pid))
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
