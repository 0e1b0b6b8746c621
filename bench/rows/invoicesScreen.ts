// `invoices-screen`: opening the invoices with 50,000 of them in the mirror against opening them with 50, in a browser, from the click to the first row.
import type { Page } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { databaseFile, prepareDataDir } from '../../electron/worker/host/dataFolder.ts'
import { startApp, type RunningApp } from '../../tests/e2e/app.ts'
import { startKeyringSession, type KeyringSession } from '../../tests/helpers/keyring.ts'
import { inTurns, type Row } from '../row.ts'

const many = 50_000
const few = 50
const rounds = 9

/** A data folder whose mirror holds so many invoices, one in ten unpaid, and a node so that the app shows its screens. */
function fill(dataDir: string, invoices: number): void {
  const db = openDatabase(join(prepareDataDir(dataDir), databaseFile))
  const raw = JSON.stringify({ attributes: { note: 'x'.repeat(400) } })
  db.transaction(() => {
    const { sqlite } = db
    sqlite.prepare(`insert into nodes (id, name, url, created_at, state, findings, maintenance) values ('n', 'blr-1', 'http://127.0.0.1:9', 1, 'maintenance', '[]', 1)`).run()
    const customer = sqlite.prepare(`insert into customers (id, first_name, last_name, email, raw, first_seen_at, read_at) values (?, ?, 'Customer', ?, ?, 1, 1)`)
    for (let id = 1; id <= Math.max(1, invoices / 25); id += 1) customer.run(id, `Number ${id}`, `c${id}@example.com`, raw)
    const invoice = sqlite.prepare(
      `insert into invoices (id, customer_id, status, currency, due_on, due_readable, created_at, paid_at, raw, first_seen_at, read_at) values (?, ?, ?, 'INR', ?, 1, 1700000000000, ?, ?, 1, 1)`,
    )
    const item = sqlite.prepare(
      `insert into invoice_items (id, invoice_id, description, price_minor, quantity, raw, first_seen_at, read_at) values (?, ?, 'Starter VPS (one month)', 49900, 1, ?, 1, 1)`,
    )
    for (let id = 1; id <= invoices; id += 1) {
      const isPaid = id % 10 !== 0
      const due = new Date(Date.UTC(2024, 0, 1) + (id % 1_000) * 86_400_000).toISOString().slice(0, 10)
      invoice.run(id, (id % Math.max(1, Math.floor(invoices / 25))) + 1, isPaid ? 'paid' : 'pending', due, isPaid ? 1_700_000_000_000 : null, raw)
      item.run(id, id, raw)
    }
  })
  db.close()
}

/** From a page that has just been loaded and shows something else, with nothing read of invoices yet. */
async function openInvoices(page: Page): Promise<number> {
  await page.evaluate(() => {
    window.location.hash = '#/activity'
  })
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
  await page.waitForLoadState('networkidle')
  return page.evaluate(
    async () =>
      new Promise<number>((resolve) => {
        const startedAt = performance.now()
        window.location.hash = '#/invoices'
        const look = (): void => {
          if (document.querySelector('tbody tr[data-row="0"] td') === null) requestAnimationFrame(look)
          else resolve(performance.now() - startedAt)
        }
        look()
      }),
  )
}

async function opened(keyring: KeyringSession, dataDir: string, invoices: number): Promise<RunningApp> {
  fill(dataDir, invoices)
  const app = await startApp({ host: 'chromium', dataDir, environment: { DBUS_SESSION_BUS_ADDRESS: keyring.env.DBUS_SESSION_BUS_ADDRESS } })
  await app.page.getByRole('link', { name: 'Invoices' }).waitFor()
  return app
}

async function measureScreen(tell: (line: string) => void): Promise<{ value: number; baseline: number }> {
  const keyring = await startKeyringSession('unlocked')
  const folders = [many, few].map(() => mkdtempSync(join(tmpdir(), 'flint-console-bench-')))
  const apps: RunningApp[] = []
  try {
    for (const [index, folder] of folders.entries()) apps.push(await opened(keyring, folder, index === 0 ? many : few))
    const [large, small] = apps
    if (large === undefined || small === undefined) throw new Error('the app did not start')
    for (const { page } of [large, small]) await openInvoices(page)
    const measured = await inTurns(rounds, () => openInvoices(large.page), () => openInvoices(small.page))
    tell(`${many.toLocaleString('en')} invoices: ${(await large.page.locator('tbody tr[data-row]').count()).toString()} rows on the page`)
    return measured
  } finally {
    for (const app of apps) await app.close()
    await keyring.stop()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

export const rows: readonly Row[] = [{ name: 'invoices-screen', unit: 'ms', goal: 1.3, better: 'lower', measure: measureScreen }]
