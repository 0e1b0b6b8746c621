// The fleet's table in the app: filters as text, views that are kept, a choice of columns, CSV; and figures that are called what they are.
import { readFileSync } from 'node:fs'
import { overdueSubject } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

test('the fleet is filtered by text, a filter is kept as a view, columns are chosen, and all of it survives a reload', async ({
  connectedApp: app,
  cli,
  estate,
}) => {
  const { page } = app
  await cli.run(['link', 'confirm', '--all-obvious'])
  const node = estate.nodes[0]
  const running = node?.vms().filter(({ state, memoryKiB }) => state === 'Running' && memoryKiB > 4 * 1_048_576) ?? []
  if (node === undefined || running.length === 0) throw new Error('the node runs large VMs')
  await openScreen(page, 'VMs')
  const filter = page.getByRole('textbox', { name: 'Filter VMs' })
  const text = `node:${node.hostname} state:running mem:>4g`
  const summary = page.getByText(`${String(running.length)} VMs · ${String(running.length)} running`)
  await filter.fill(text)
  await expect(summary).toBeVisible()
  await expect(page.getByRole('checkbox', { name: `Select ${running[0]?.name ?? ''}` })).toBeVisible()
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: 'Save this filter' }).click()

  await page.getByRole('button', { name: 'Columns' }).click()
  const header = page.getByRole('columnheader', { name: /^Memory/ })
  await expect(header).toBeVisible()
  await page.getByRole('menuitemcheckbox', { name: 'Memory' }).click()
  await page.keyboard.press('Escape')
  await expect(header).toHaveCount(0)

  await app.reload()
  await openScreen(page, 'VMs')
  await expect(page.getByRole('columnheader', { name: /^Node/ })).toBeVisible()
  await expect(header).toHaveCount(0)
  await filter.fill('customer:none')
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: text }).first().click()
  await expect(filter).toHaveValue(text)
  await expect(summary).toBeVisible()
  if (app.host === 'chromium') {
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    const lines = readFileSync(await (await saving).path(), 'utf8').trimEnd().split('\r\n')
    expect(lines).toHaveLength(running.length + 1)
    expect(lines[0]).not.toContain('Memory')
    for (const { name } of running) expect(lines.some((line) => line.includes(name))).toBe(true)
  }
  expect(app.complaints).toEqual([])
})

test('a VM that runs unpaid says so, has a view of its own, and leaves it when it is paid', async ({ connectedApp: app, cli, estate }) => {
  const { page } = app
  const subject = overdueSubject(estate)
  await cli.run(['link', 'confirm', '--all-obvious'])
  await openScreen(page, 'VMs')
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: 'Unpaid, running' }).click()
  const row = page.getByRole('row').filter({ has: page.getByRole('checkbox', { name: `Select ${subject.vm.name}`, exact: true }) })
  await expect(row.getByText('unpaid, running')).toBeVisible()
  await expect(row.getByTitle(/: over$/)).toBeVisible()
  estate.billing.payInvoice(subject.invoiceId)
  await cli.run(['billing', 'sync'])
  await expect(row).toHaveCount(0)
  await page.getByRole('textbox', { name: 'Filter VMs' }).fill(`name:=${subject.vm.name}`)
  await expect(row.getByText('running', { exact: true })).toBeVisible()
  await expect(row.getByTitle(/: over$/)).toHaveCount(0)
  expect(app.complaints).toEqual([])
})

test('CPU time is not called uptime, and a node’s CPU is told as the sum of its VMs', async ({ connectedApp: app, estate }) => {
  const { page } = app
  await openScreen(page, 'VMs')
  await page.getByRole('textbox', { name: 'Filter VMs' }).fill(estate.nodes[0]?.vms()[0]?.name ?? '')
  await page.locator('tbody tr[data-row]').first().click()
  const panel = page.getByRole('complementary')
  await expect(panel.getByText('CPU time', { exact: true })).toBeVisible()
  await expect(page.getByText(/uptime/i)).toHaveCount(0)
  await openScreen(page, 'Nodes')
  await page.locator('a[href^="#/nodes/"]').first().click()
  await expect(page.getByRole('figure', { name: 'CPU over time' })).toContainText('sum of the VMs')
  expect(app.complaints).toEqual([])
})
