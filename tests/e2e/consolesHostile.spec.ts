// A hostile VNC server hurts its own console only: that one fails with a reason and can be reconnected; the app and the other consoles stay fluid.
import type { Page } from '@playwright/test'
import { HostileRfbServer, type Misbehaviour } from '../helpers/hostileRfb.ts'
import { addRealNode, consoleFrame, expectOpen, frontPane, openConsole, overlay, picture } from './consoleParts.ts'
import { paidVm } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

/** The longest that the app's own page was busy at a stretch while `work` ran, in milliseconds. */
async function longestStallMs(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const state = { longest: 0, last: performance.now() }
    const timer = setInterval(() => {
      const now = performance.now()
      state.longest = Math.max(state.longest, now - state.last)
      state.last = now
    }, 20)
    Object.assign(window, { stall: { stop: () => (clearInterval(timer), state.longest) } })
  })
  await work()
  return page.evaluate(() => {
    const { stall } = window as unknown as { stall: { stop: () => number } }
    return stall.stop()
  })
}

const failing: readonly { readonly misbehaviour: Misbehaviour; readonly says: string }[] = [
  { misbehaviour: 'text', says: 'not the VNC protocol' },
  { misbehaviour: 'huge-frame', says: 'larger than any console needs' },
  { misbehaviour: 'garbage', says: 'does not keep to its protocol' },
  { misbehaviour: 'huge-screen', says: 'a screen of 65535 × 65535 pixels' },
  { misbehaviour: 'resizes', says: 'changes the size of its screen without end' },
  { misbehaviour: 'endless-text', says: 'makes no picture' },
  { misbehaviour: 'stalls', says: 'fell silent in the middle of a picture' },
  { misbehaviour: 'quiet', says: 'fell silent' },
]

test('whatever a screen sends, its console fails with the reason, can be reconnected, and leaves the others alone', async ({ connectedApp: { page }, cli, estate }) => {
  test.setTimeout(300_000)
  const { vm } = paidVm(estate)
  const upstream = await addRealNode(cli, {})
  const server = new HostileRfbServer(upstream.url, 'text')
  await server.start()
  try {
    await cli.run(['node', 'remove', 'real-1'])
    await cli.run(['node', 'add', '--name', 'hostile', '--url', server.url, '--key-stdin'], 'c0ffee00'.repeat(8))
    await openConsole(page, vm.name)
    await expectOpen(page)
    const good = await consoleFrame(page)
    await openConsole(page, 'real-guest')
    for (const { misbehaviour, says } of failing) {
      server.misbehaviour = misbehaviour
      const stallMs = await longestStallMs(page, async () => {
        await overlay(page).getByRole('button', { name: 'Reconnect' }).click()
        await expect(overlay(page).getByRole('heading', { name: says }), misbehaviour).toBeVisible({ timeout: 45_000 })
      })
      expect(stallMs, misbehaviour).toBeLessThan(1_000)
    }
    // The other one was never touched: it is the same document, and its picture moves.
    const before = await picture(good)
    await expect.poll(async () => Buffer.compare((await picture(good)).rgb, before.rgb)).not.toBe(0)
  } finally {
    await server.stop()
    await upstream.stop()
  }
})

test('a server that dies in the middle of a picture is tried again, and full-screen noise leaves the app fluid', async ({ connectedApp: { page }, cli }) => {
  test.setTimeout(300_000)
  const upstream = await addRealNode(cli, {})
  const server = new HostileRfbServer(upstream.url, 'dies')
  await server.start()
  try {
    await cli.run(['node', 'remove', 'real-1'])
    await cli.run(['node', 'add', '--name', 'hostile', '--url', server.url, '--key-stdin'], 'c0ffee00'.repeat(8))
    await openConsole(page, 'real-guest')
    await expect(overlay(page).getByText('It is tried again by itself.')).toBeVisible()
    server.misbehaviour = 'noise'
    await expectOpen(page)
    const stallMs = await longestStallMs(page, async () => {
      for (const screen of ['Nodes', 'VMs', 'Customers', 'Consoles']) await openScreen(page, screen)
      await frontPane(page).getByRole('button', { name: 'Power', exact: true }).click()
      await expect(frontPane(page).getByRole('menuitem', { name: 'Reboot' })).toBeVisible()
    })
    expect(stallMs).toBeLessThan(1_500)
  } finally {
    await server.stop()
    await upstream.stop()
  }
})

test('names and clipboards that are markup stay text', async ({ connectedApp: { page }, cli }) => {
  const upstream = await addRealNode(cli, {})
  const server = new HostileRfbServer(upstream.url, 'markup')
  await server.start()
  try {
    await cli.run(['node', 'remove', 'real-1'])
    await cli.run(['node', 'add', '--name', 'hostile', '--url', server.url, '--key-stdin'], 'c0ffee00'.repeat(8))
    await openConsole(page, 'real-guest')
    await expectOpen(page)
    await frontPane(page).getByRole('button', { name: 'Capture', exact: true }).click()
    await expect(frontPane(page).getByRole('menuitem', { name: 'Copy the guest’s clipboard' })).toBeEnabled()
    expect(await page.title()).not.toBe('owned')
    expect(await (await consoleFrame(page)).title()).toBe('Console')
    expect(await page.locator('img[src="x"]').count()).toBe(0)
  } finally {
    await server.stop()
    await upstream.stop()
  }
})

test('a frame that hangs is given up and replaced; the app goes on', async ({ connectedApp: { page }, estate }) => {
  const { vm } = paidVm(estate)
  await openConsole(page, vm.name)
  await expectOpen(page)
  const frame = await consoleFrame(page)
  // As if the server had found a way to keep its console busy for ever.
  void frame
    .evaluate(() => {
      for (;;);
    })
    .catch(() => undefined)
  const stallMs = await longestStallMs(page, async () => {
    await expect(overlay(page).getByRole('heading', { name: 'does not answer any more' })).toBeVisible({ timeout: 40_000 })
  })
  expect(stallMs).toBeLessThan(1_000)
  await overlay(page).getByRole('button', { name: 'Reconnect' }).click()
  await expectOpen(page)
})
