// A power action from the fleet's table, followed until the node proves it.
import { actionsSent, findVm, paidVm } from './estateParts.ts'
import { expect, test } from './fixtures.ts'

test('a stop is followed until the node shows the VM off, and a start brings it back', async ({ connectedApp: { page }, estate }) => {
  const subject = paidVm(estate)
  await page.getByRole('link', { name: 'VMs' }).click()
  await page.getByRole('link', { name: subject.vm.name }).click()
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(subject.vm.name)
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/^Stopped .*, verified$/)).toBeVisible()
  expect(subject.vm.state).toBe('Shutoff')
  await page.getByRole('button', { name: 'Start', exact: true }).first().click()
  await expect(page.getByText(/^Started .*, verified$/)).toBeVisible()
  expect(subject.vm.state).toBe('Running')
  expect(actionsSent(estate, subject)).toEqual(['stop', 'start'])
})

test('a paid customer’s VM is stopped only with a reason, and then kept off', async ({ connectedApp: { page }, cli, estate }) => {
  await cli.run(['link', 'confirm', '--all-obvious'])
  const subject = paidVm(estate)
  await page.getByRole('link', { name: 'VMs' }).click()
  await page.getByRole('link', { name: subject.vm.name }).click()
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click()
  const why = page.getByRole('dialog').getByLabel('Why')
  await expect(page.getByRole('dialog')).toContainText('It then stays off, as a hold')
  await why.fill('The customer asked for it')
  await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/^Stopped .*, verified$/)).toBeVisible()
  await expect(page.getByText('kept off').first()).toBeVisible()
  expect(findVm(estate, subject.node, subject.vm.name).state).toBe('Shutoff')
})
