// From a long suspension to the end of a VM: a typed name, the vault, a restore with one click; and in another life the purge.
import type { Page } from '@playwright/test'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { databaseFile } from '../../electron/worker/host/dataFolder.ts'
import type { CommandLine } from './commandLine.ts'
import { overdueSubject } from './estateParts.ts'
import type { Subject } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { openAutomation } from './screenParts.ts'

const threeWeeksMs = 21 * 86_400_000

function change(dataDir: string, sql: string): void {
  const db = new DatabaseSync(join(dataDir, databaseFile), { timeout: 10_000 })
  db.exec(sql)
  db.close()
}

async function runNow(page: Page): Promise<void> {
  await openAutomation(page, 'Queue')
  await page.getByRole('button', { name: 'Run now' }).click()
}

/** Approves what waits, once with another name than its own and then with it. */
async function approveByName(page: Page, verb: string, subject: Subject): Promise<void> {
  await page.getByRole('button', { name: `Approve: ${verb} ${subject.vm.name}` }).click({ timeout: 30_000 })
  const dialog = page.getByRole('dialog')
  const typed = dialog.getByRole('textbox')
  const go = dialog.getByRole('button', { name: verb, exact: true })
  await typed.fill('vps-1')
  await expect(go).toBeDisabled()
  await typed.fill(subject.vm.name)
  await go.click()
}

/** Off for three weeks by a suspension of this console, then terminated by the typed name. */
async function terminate(page: Page, cli: CommandLine, dataDir: string, subject: Subject): Promise<void> {
  await cli.run(['link', 'confirm', String(subject.serviceId), `${subject.node}/${subject.vm.uuid}`])
  await cli.run(['policy', 'set', 'mode=auto'])
  await cli.run(['run', '--once'])
  expect(subject.vm.state).toBe('Shutoff')
  change(
    dataDir,
    `update suspensions set started_at = started_at - ${threeWeeksMs}, verified_at = verified_at - ${threeWeeksMs}; update vms set off_since = off_since - ${threeWeeksMs} where off_since is not null`,
  )
  await runNow(page)
  await approveByName(page, 'Terminate', subject)
  await expect.poll(() => subject.vm.snapshots.length, { timeout: 30_000 }).toBe(1)
  await openAutomation(page, 'Vault')
  await expect(page.getByText(subject.vm.name).first()).toBeVisible()
}

test('a terminated VM lies in the vault and runs again after one click', async ({ connectedApp: { page }, cli, estate, dataDir }) => {
  const subject = overdueSubject(estate)
  await terminate(page, cli, dataDir, subject)
  await page.getByRole('button', { name: `Restore ${subject.vm.name}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click()
  await expect.poll(() => subject.vm.state, { timeout: 30_000 }).toBe('Running')
  await expect(page.getByText(`Restored: ${subject.vm.name}`)).toBeVisible({ timeout: 30_000 })
})

test('a purge waits for its day and its own typed name, and proves the VM gone', async ({ connectedApp: { page }, cli, estate, dataDir }) => {
  const subject = overdueSubject(estate)
  await terminate(page, cli, dataDir, subject)
  change(dataDir, "update vault set purge_on = '2026-01-01'")
  await runNow(page)
  await approveByName(page, 'Purge', subject)
  const node = estate.nodes.find((known) => known.hostname === subject.node)
  await expect.poll(() => node?.vm(subject.vm.uuid), { timeout: 30_000 }).toBeUndefined()
  await expect.poll(() => estate.billing.service(subject.serviceId)?.status, { timeout: 30_000 }).toBe('cancelled')
  await openAutomation(page, 'Vault')
  await expect(page.getByText(/purged/i).first()).toBeVisible()
})
