// A node's graphs in the app: another range, exact values under the cursor, zoom and the way back, CSV; limits that are told.
import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { connectEstate } from './commandLine.ts'
import { expect, test } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

async function openNode(page: Page): Promise<void> {
  await openScreen(page, 'Nodes')
  await page.locator('a[href^="#/nodes/"]').first().click()
  await expect(page.getByRole('figure', { name: 'CPU over time' })).toBeVisible()
}

/** The drawn part of a graph, where the pointer finds values. */
async function middleOf(figure: Locator, share: number): Promise<{ x: number; y: number }> {
  await figure.scrollIntoViewIfNeeded()
  const box = await figure.locator('svg.recharts-surface').first().boundingBox()
  if (box === null) throw new Error('the graph is not drawn')
  return { x: box.x + 66 + (box.width - 74) * share, y: box.y + box.height / 2 }
}

test('a node’s graphs are drawn from what was seen: range, exact values, zoom and CSV', async ({ connectedApp: app, host }) => {
  const { page } = app
  await openNode(page)
  await page.getByRole('radiogroup', { name: 'Range', exact: true }).getByText('1 h', { exact: true }).click()
  const memory = page.getByRole('figure', { name: 'Memory over time' })
  await expect(memory).toContainText('a point is 1 min')
  // The newest minute is at the right edge: what was seen stands there with its exact value.
  await expect(async () => {
    const { x, y } = await middleOf(memory, 0.99)
    await page.mouse.move(x - 20, y)
    await page.mouse.move(x, y)
    await expect(memory.locator('.history-hint')).toContainText(/Used\s*[\d.,]+ GB/, { timeout: 1_000 })
  }).toPass({ timeout: 30_000 })
  await expect(memory.locator('.history-hint')).toContainText(/Physical\s*[\d.,]+ GB/)

  const from = await middleOf(memory, 0.6)
  const to = await middleOf(memory, 0.98)
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, from.y, { steps: 4 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
  await expect(page.getByRole('button', { name: 'Whole range' })).toBeVisible()
  await page.getByRole('button', { name: 'Whole range' }).click()
  await expect(page.getByRole('button', { name: 'Whole range' })).toHaveCount(0)

  await page.getByRole('radiogroup', { name: 'Range', exact: true }).getByText('7 d', { exact: true }).click()
  await expect(memory).toContainText('a point is 30 min')
  if (host === 'chromium') {
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    const lines = readFileSync(await (await saving).path(), 'utf8').split('\r\n')
    expect(lines[0]).toContain('cpu lowest,cpu average,cpu highest')
    expect(lines.length).toBeGreaterThan(330)
    expect(lines.length).toBeLessThanOrEqual(402)
    expect(lines.slice(1).some((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z,1800,1,\d/.test(line))).toBe(true)
  }
  expect(app.complaints).toEqual([])
})

test('a limit that is exceeded is told on the overview, once it is set so low', async ({ connectedApp: app }) => {
  const { page } = app
  await openScreen(page, 'Capacity')
  await expect(page.getByRole('figure', { name: 'CPU over time' })).toBeVisible()
  await expect(page.getByRole('cell', { name: /Standard/ })).toBeVisible()
  await page.getByRole('button', { name: 'Limits' }).click()
  await page.getByRole('textbox', { name: 'Memory promised to running VMs' }).fill('1')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await openScreen(page, 'Nodes')
  await page.getByRole('button', { name: 'Check all' }).click()
  await openScreen(page, 'Overview')
  await expect(page.getByText(/running VMs were promised \d+ % of its memory/).first()).toBeVisible({ timeout: 30_000 })
  expect(app.complaints).toEqual([])
})

test('a VM’s graphs show its disk as promised, and how long it ran; one outside of the pools says why not', async ({ app, cli, estate }) => {
  const { page } = app
  const node = estate.nodes[0]
  if (node === undefined) throw new Error('there is a node')
  const uuid = '00000000-0000-4000-9000-000000000001'
  const outside = '00000000-0000-4000-9000-000000000002'
  const seed = { memoryKiB: 1_048_576, vcpus: 1, state: 'Running' } as const
  node.addVm({ ...seed, uuid, name: 'of-the-pool', diskGiB: 37 })
  node.addVm({ ...seed, uuid: outside, name: 'by-hand', diskGiB: 5, origin: 'file' })
  await page.getByRole('heading', { name: 'Flint Console' }).waitFor()
  await connectEstate(cli, estate)
  const rows = (await cli.run(['node', 'list'])) as { readonly id: string; readonly name: string }[]
  const nodeId = rows.find(({ name }) => name === node.hostname)?.id ?? ''
  const show = (vm: string): Promise<void> =>
    page.evaluate((hash) => {
      window.location.hash = hash
    }, `#/vms/${nodeId}/${vm}`)
  const disk = page.getByRole('figure', { name: 'Disk over time' })

  await show(uuid)
  await cli.run(['node', 'check'])
  await page.getByRole('radiogroup', { name: 'Range', exact: true }).getByText('1 h', { exact: true }).click()
  // A few definitions are read with each look: this one's turn comes.
  await expect(async () => {
    await cli.run(['node', 'check'])
    await expect(disk.locator('svg.recharts-surface')).not.toHaveCount(0, { timeout: 1_000 })
    const { x, y } = await middleOf(disk, 0.99)
    await page.mouse.move(x - 20, y)
    await page.mouse.move(x, y)
    await expect(disk.locator('.history-hint')).toContainText(/Promised\s*37 GB/, { timeout: 1_000 })
  }).toPass({ timeout: 60_000 })
  await expect(page.getByRole('figure', { name: 'Running over time' }).locator('svg.recharts-surface')).not.toHaveCount(0)

  await show(outside)
  await expect(page.getByRole('heading', { level: 1, name: 'by-hand' })).toBeVisible()
  await expect(disk).toContainText('none of the pools')
  await expect(page.getByRole('figure', { name: 'Memory over time' }).locator('svg.recharts-surface')).not.toHaveCount(0)
  expect(app.complaints).toEqual([])
})
