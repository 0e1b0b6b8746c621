// Keys stay in the keychain and the worker: none reaches the window, a file, the database, a log or a command line.
import type { Page } from '@playwright/test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Estate } from '../../demo/estate.ts'
import { expect, test } from './fixtures.ts'

function secretsOf(estate: Estate): string[] {
  return [...estate.connect.nodes.map(({ key }) => key), estate.connect.billing.token]
}

function filesBeneath(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
}

/** Every file that holds one of the secrets, as it is. */
function filesWith(folder: string, secrets: readonly string[]): string[] {
  return filesBeneath(folder).filter((file) => {
    const content = readFileSync(file)
    return secrets.some((secret) => content.includes(secret))
  })
}

/** The window's whole JavaScript heap, as text. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const chunks: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  await session.detach()
  return chunks.join('')
}

function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8')
      } catch {
        return ''
      }
    })
    .join('\n')
}

test('the window never holds a key: not in its page, its storage or its memory', async ({ connectedApp: { page }, estate }) => {
  await page.getByRole('navigation').getByRole('link', { name: /^Nodes/ }).click()
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByText(estate.connect.billing.url).first()).toBeVisible()
  const shown = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie)
  const heap = await heapOf(page)
  // The heap was really read: what is on screen is in it.
  expect(heap).toContain(estate.connect.billing.url)
  for (const secret of secretsOf(estate)) {
    expect(shown.includes(secret)).toBe(false)
    expect(heap.includes(secret)).toBe(false)
  }
})

test('no file of the installation and no command line holds a key', async ({ connectedApp: { page, dataDir }, cli, estate }) => {
  await page.getByRole('link', { name: 'VMs' }).click()
  await cli.run(['node', 'check'])
  expect(filesWith(dataDir, secretsOf(estate))).toEqual([])
  const running = commandLines()
  for (const secret of secretsOf(estate)) expect(running.includes(secret)).toBe(false)
})

test('the page has no Node, and its policy refuses inline and foreign scripts', async ({ app: { page } }) => {
  const seen = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.injected = true'
    document.head.append(script)
    const foreign = await fetch('https://example.com/').then(
      () => 'fetched',
      () => 'refused',
    )
    return { require: typeof Reflect.get(window, 'require'), process: typeof Reflect.get(window, 'process'), injected: Reflect.has(window, 'injected'), foreign }
  })
  expect(seen).toEqual({ require: 'undefined', process: 'undefined', injected: false, foreign: 'refused' })
})
