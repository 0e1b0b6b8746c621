// Everything that is done to VMs and nodes besides power: made, snapshots, marks, deleted; storage, images, networks and the timeline.
import type { Page } from '@playwright/test'
import { findVm, paidVm } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { expectAccessible, photograph } from './looks.ts'
import { openScreen, showVm } from './screenParts.ts'

/** Opens a VM's details beside the fleet's table. */
async function openVm(page: Page, name: string): Promise<void> {
  await showVm(page, name)
  await page.getByRole('row').filter({ hasText: name }).getByRole('gridcell').nth(1).click()
  await page.getByRole('complementary', { name: 'Details' }).getByText('Snapshots', { exact: false }).first().waitFor()
}

test('a VM is made with a password that is shown once, and deleted by its name', async ({ connectedApp: app, estate }) => {
  const { page } = app
  const [node] = estate.nodes
  if (node === undefined) throw new Error('the estate has no node')
  await openScreen(page, 'VMs')
  await page.getByRole('button', { name: 'New VM' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('combobox', { name: 'Node' }).click()
  await page.getByRole('option', { name: node.hostname }).click()
  await form.getByRole('textbox', { name: 'Name', exact: false }).first().fill('made-here')
  await form.getByRole('combobox', { name: 'Image' }).click()
  await page.getByRole('option', { name: /debian-12/ }).click()
  await expectAccessible(page)
  await photograph(app, 'create-vm')
  await form.getByRole('button', { name: 'Make the VM' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Show it now' }).click()
  await expect(page.getByRole('dialog').locator('.mono.strong')).toHaveText(/^[a-zA-Z][a-zA-Z0-9]{19}$/)
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click()
  expect(node.vm('made-here')?.state).toBe('Running')

  await openVm(page, 'made-here')
  await page.getByRole('complementary', { name: 'Details' }).getByRole('button', { name: 'More for made-here' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('made-here')
  await photograph(app, 'delete-vm')
  await dialog.getByRole('button', { name: 'Delete the VM' }).click()
  await expect(dialog.getByText('made-here is gone', { exact: false })).toBeVisible()
  expect(node.vm('made-here')).toBeUndefined()
  expect(app.complaints).toEqual([])
})

test('a VM gets a snapshot, tags and protection; the filter finds it by them', async ({ connectedApp: app, estate }) => {
  const { page } = app
  const { vm } = paidVm(estate)
  await openVm(page, vm.name)
  const details = page.getByRole('complementary', { name: 'Details' })
  await details.getByRole('button', { name: 'Make one' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('before-update')
  await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click()
  await expect(details.getByText('before-update')).toBeVisible()
  expect(vm.snapshots.map((snapshot) => snapshot.name)).toEqual(['before-update'])
  await details.getByRole('textbox', { name: 'Tags' }).fill('gold shop')
  await details.getByRole('button', { name: 'Keep' }).click()
  const protection = details.getByRole('switch', { name: 'Protected from being deleted' })
  await expect(details.getByRole('button', { name: 'Keep' })).toHaveCount(0)
  await protection.click({ force: true })
  await expect(protection).toBeChecked()
  await page.getByRole('textbox', { name: 'Filter VMs' }).fill('tag:gold is:protected mem:>1m')
  await expect(page.getByRole('checkbox', { name: `Select ${vm.name}` })).toBeVisible()
  await expect(page.getByText('1 VM ·')).toBeVisible()
  await details.getByRole('button', { name: `More for ${vm.name}` }).click()
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeDisabled()
  await page.keyboard.press('Escape')
  await photograph(app, 'vm-details')
  expect(app.complaints).toEqual([])
})

test('a VM is reinstalled from another image by its name, and stays linked to its customer', async ({ connectedApp: app, cli, estate }) => {
  const { page } = app
  const subject = paidVm(estate)
  const { vm } = subject
  await cli.run(['link', 'confirm', String(subject.serviceId), `${subject.node}/${vm.name}`])
  await openVm(page, vm.name)
  await page.getByRole('complementary', { name: 'Details' }).getByRole('button', { name: `More for ${vm.name}` }).click()
  await page.getByRole('menuitem', { name: 'Reinstall' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Image' }).click()
  await page.getByRole('option', { name: /debian-12/ }).click()
  await dialog.getByRole('textbox', { name: `Type ${vm.name}`, exact: false }).fill(vm.name)
  await expectAccessible(page)
  await photograph(app, 'reinstall-vm')
  await dialog.getByRole('button', { name: 'Delete and reinstall' }).click()
  await page.getByRole('button', { name: 'Show it now' }).click()
  await expect(page.getByRole('dialog').locator('.mono.strong')).toHaveText(/^[a-zA-Z][a-zA-Z0-9]{19}$/)
  const made = estate.nodes.find((node) => node.hostname === subject.node)?.vm(vm.name)
  expect(made?.uuid).not.toBe(vm.uuid)
  expect(await cli.run(['link', 'list'])).toMatchObject([{ serviceId: subject.serviceId, name: vm.name, uuid: made?.uuid }])
  expect(app.complaints).toEqual([])
})

test('several VMs are stopped at once, with a result for each', async ({ connectedApp: app, estate }) => {
  const { page } = app
  await openScreen(page, 'VMs')
  await page.getByRole('textbox', { name: 'Filter VMs' }).fill('state:running')
  const vms = estate.story.flatMap(({ role, vm }) => (role === 'current' && vm !== null ? [findVm(estate, vm.node, vm.name)] : []))
  const chosen = vms.filter((vm) => vm.state === 'Running').slice(0, 5)
  const names = chosen.map((vm) => vm.name)
  for (const name of names) await page.getByRole('checkbox', { name: `Select ${name}` }).click()
  await page.getByRole('toolbar', { name: 'Actions for the selected rows' }).getByRole('button', { name: 'Stop', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /^Stop \d+ VMs$/ }).click()
  await expect(dialog.getByText(`${names.length} of ${names.length} ended`)).toBeVisible()
  await photograph(app, 'bulk-power')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  expect(chosen.map((vm) => vm.state)).toEqual(chosen.map(() => 'Shutoff'))
  expect(app.complaints).toEqual([])
})

test('a folder of a node becomes a pool', async ({ connectedApp: app, estate }) => {
  const { page } = app
  const hostname = estate.nodes[0]?.hostname ?? ''
  await openScreen(page, 'Nodes')
  await page.getByRole('link', { name: hostname }).first().click()
  await page.getByRole('link', { name: 'Storage', exact: true }).first().click()
  await page.getByRole('button', { name: 'New pool' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('fast')
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('/srv/fast')
  await dialog.getByRole('button', { name: 'Make the pool' }).click()
  await expect(page.getByRole('heading', { name: 'fast' })).toBeVisible()
  expect(app.complaints).toEqual([])
})

for (const theme of ['light', 'dark'] as const) {
  test(`a node’s parts and the timeline are legible and quiet in the ${theme} theme`, async ({ connectedApp: app, estate }) => {
    const { page } = app
    await page.emulateMedia({ colorScheme: theme })
    await app.reload()
    paidVm(estate).vm.forceStop()
    await openScreen(page, 'Nodes')
    await page
      .getByRole('link', { name: estate.nodes[0]?.hostname ?? '' })
      .first()
      .click()
    for (const part of ['Storage', 'Images', 'Networks', 'Activity']) {
      await test.step(part, async () => {
        await page.getByRole('link', { name: part, exact: true }).first().click()
        await expect(page.locator('[aria-busy="true"], .skeleton')).toHaveCount(0)
        await expectAccessible(page)
        await photograph(app, `node-${part.toLowerCase()}-${theme}`)
      })
    }
    await openScreen(page, 'Activity')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectAccessible(page)
    await photograph(app, `activity-${theme}`)
    expect(app.complaints).toEqual([])
  })
}

test.describe('a large fleet', () => {
  test.use({ estateOptions: { vms: 600, customers: 40, invoices: 100 } })

  test('never puts more than 200 rows on the page, filtered or scrolled', async ({ connectedApp: { page } }) => {
    await openScreen(page, 'VMs')
    await expect(page.getByText(/^600 VMs/)).toBeVisible()
    const rows = page.locator('tbody tr[data-row]')
    expect(await rows.count()).toBeLessThanOrEqual(200)
    await page.getByRole('textbox', { name: 'Filter VMs' }).fill('mem:>=1g -is:protected')
    await page.locator('.table-scroll').evaluate((element) => {
      element.scrollTop = element.scrollHeight / 2
    })
    await expect(rows.first()).toBeVisible()
    expect(await rows.count()).toBeLessThanOrEqual(200)
  })
})
