// A power action from the fleet's table, followed until the node proves it.
import { actionsSent, findVm, paidVm } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { askPower, openAutomation, showVm } from './screenParts.ts'

test('a stop is followed until the node shows the VM off, and a start brings it back', async ({ connectedApp: { page }, estate }) => {
  const subject = paidVm(estate)
  await showVm(page, subject.vm.name)
  const dialog = await askPower(page, 'Stop', subject.vm.name)
  await expect(dialog).toContainText(subject.vm.name)
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/^Stopped .*, verified$/)).toBeVisible()
  expect(subject.vm.state).toBe('Shutoff')
  await page.getByRole('button', { name: `Start ${subject.vm.name}` }).click()
  await expect(page.getByText(/^Started .*, verified$/)).toBeVisible()
  expect(subject.vm.state).toBe('Running')
  expect(actionsSent(estate, subject)).toEqual(['stop', 'start'])
})

test('a paid customer’s VM is stopped only with a reason, and then kept off', async ({ connectedApp: { page }, cli, estate }) => {
  await cli.run(['link', 'confirm', '--all-obvious'])
  const subject = paidVm(estate)
  await showVm(page, subject.vm.name)
  const first = await askPower(page, 'Stop', subject.vm.name)
  await first.getByRole('button', { name: 'Stop', exact: true }).click()
  const why = page.getByRole('dialog').getByLabel('Why')
  await expect(page.getByRole('dialog')).toContainText('It then stays off, as a hold')
  await why.fill('The customer asked for it')
  await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/^Stopped .*, verified$/)).toBeVisible()
  expect(findVm(estate, subject.node, subject.vm.name).state).toBe('Shutoff')
  await openAutomation(page, 'Holds')
  await expect(page.getByText('The customer asked for it').first()).toBeVisible()
  await expect(page.getByText('kept off').first()).toBeVisible()
})
