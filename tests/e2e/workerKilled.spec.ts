// The worker dies in the middle of its work: the window says so, pending calls are answered, and the work ends in the same place.
import { actionsSent, overdueSubject, paidVm } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { askPower, openAutomation, openScreen, showVm } from './screenParts.ts'

test.describe('with a guest that takes its time', () => {
  test.use({ estateOptions: { stopDelayMs: 6_000 } })

  test('a call that was pending is answered, the window says that the worker restarts, and works again', async ({ connectedApp: app, estate }) => {
    const { page } = app
    const subject = paidVm(estate)
    await showVm(page, subject.vm.name)
    const dialog = await askPower(page, 'Stop', subject.vm.name)
    await dialog.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect.poll(() => actionsSent(estate, subject)).toEqual(['stop'])
    process.kill(app.workerPid(), 'SIGKILL')
    await expect(page.getByText('Worker is restarting')).toBeVisible()
    await expect(page.getByText(/worker went away/i).first()).toBeVisible()
    await app.revive()
    await expect(page.getByText('Worker running')).toBeVisible({ timeout: 30_000 })
    await openScreen(page, 'Nodes')
    await expect(page.getByText(subject.node).first()).toBeVisible()
  })

  test('a suspension that was under way is verified and finished by the next worker, with one stop', async ({ connectedApp: app, cli, estate }) => {
    const subject = overdueSubject(estate)
    await cli.run(['link', 'confirm', String(subject.serviceId), `${subject.node}/${subject.vm.name}`])
    await cli.run(['policy', 'set', 'mode=approve'])
    await openAutomation(app.page, 'Queue')
    await app.page.getByRole('button', { name: `Approve: Suspend ${subject.vm.name}` }).click()
    await expect.poll(() => actionsSent(estate, subject), { timeout: 30_000 }).toEqual(['stop'])
    // The node has answered, and that is written down: nothing is open but the guest's own time. (Killed before that, the stop is sent again.)
    await expect.poll(() => cli.run(['intent', 'list', '--state', 'verifying']), { timeout: 5_000 }).toHaveLength(1)
    process.kill(app.workerPid(), 'SIGKILL')
    await app.revive()
    await expect.poll(() => subject.vm.state, { timeout: 30_000 }).toBe('Shutoff')
    await expect.poll(() => cli.run(['intent', 'list', '--state', 'done']), { timeout: 60_000 }).toHaveLength(1)
    expect(actionsSent(estate, subject)).toEqual(['stop'])
    expect(estate.billing.service(subject.serviceId)?.status).toBe('suspended')
  })
})
