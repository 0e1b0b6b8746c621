// Findings: what does not agree is shown by kind, with what would resolve it, and answered singly or all of a kind.
import { connectEstate } from './commandLine.ts'
import { expect, test } from './fixtures.ts'
import { expectAccessible, photograph } from './looks.ts'
import { openAutomation } from './screenParts.ts'

test('a finding is answered singly, the others of its kind together, and each is gone with its cause', async ({ app: { page, host }, cli, estate }) => {
  const current = estate.story.filter((line) => line.role === 'current' && line.vm !== null)
  const machineOf = (index: number) => estate.nodes.find((node) => node.hostname === current[index]?.vm?.node)?.vm(current[index]?.vm?.uuid ?? '')
  for (const index of [0, 1, 2, 3]) machineOf(index)?.forceStop()
  for (const line of current.slice(1, 4)) estate.billing.setService(line.serviceId, { status: 'suspended' })
  await page.getByRole('heading', { name: 'Flint Console' }).waitFor()
  await connectEstate(cli, estate)
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  await cli.run(['link', 'confirm', '--all-obvious'])
  await openAutomation(page, 'Findings')
  const off = page.getByRole('region', { name: 'Active and paid, but off' })
  const before = page.getByRole('region', { name: 'Suspended before this console came' })
  await expect(before).toContainText('how that began was not seen here')

  for (const theme of ['dark', 'light'] as const) {
    await test.step(`legible in the ${theme} theme`, async () => {
      await page.emulateMedia({ colorScheme: theme })
      await expectAccessible(page)
      await photograph({ page, host }, `automation-findings-answers-${theme}`)
    })
  }

  await test.step('a paid VM that is off is started from its finding', async () => {
    const vm = machineOf(0)
    const start = off.getByRole('button', { name: `Start: ${vm?.name ?? ''}`, exact: true })
    expect(vm?.state).toBe('Shutoff')
    await start.click()
    await expect.poll(() => vm?.state).toBe('Running')
    await expect(start).toHaveCount(0)
  })

  await test.step('what was suspended before is confirmed, all of them at once', async () => {
    const confirm = before.getByRole('button', { name: /^Confirm: (?!all)/ })
    const amount = await confirm.count()
    expect(amount).toBeGreaterThan(1)
    await before.getByRole('button', { name: /^Leave alone: (?!all)/ }).first().click()
    await expect(confirm).toHaveCount(amount - 1)
    const together = before.getByRole('button', { name: `Confirm: all ${String(amount - 1)}` })
    if (amount - 1 > 1) {
      await together.click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: `Confirm: ${String(amount - 1)}` }).click()
      await dialog.getByRole('button', { name: 'Close' }).last().click()
    } else await confirm.click()
    await expect(before).toHaveCount(0)
  })

  const actions = (await cli.run(['audit', 'list'])) as { action: string }[]
  expect(actions.filter((entry) => entry.action === 'finding.answered')).toHaveLength(1)
  expect(actions.some((entry) => entry.action === 'link.covered')).toBe(true)
})
