// Consoles in the whole app: one key opens them, they come back by themselves, they say whose machine it is, and no key of a node is in the page.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { startQemu } from '../helpers/qemu.ts'
import { startShellPort } from '../helpers/shellPort.ts'
import { addRealNode, choose, consoleFrame, expectOpen, frontPane, openConsole, overlay, picture, terminalText } from './consoleParts.ts'
import { findVm, paidVm } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { expectAccessible, photograph } from './looks.ts'
import { openScreen } from './screenParts.ts'

test('one key opens a VM’s screen; typing reaches the guest, and a shortcut gives the keyboard back', async ({ connectedApp: { page, complaints }, cli, estate }) => {
  await cli.run(['link', 'confirm', '--all-obvious'])
  const { vm } = paidVm(estate)
  await openConsole(page, vm.name)
  await expectOpen(page)
  const pane = frontPane(page)
  const customer = await pane.locator('.console-owner').innerText()
  expect(customer).not.toBe('')
  await expect(pane.getByRole('heading', { name: vm.name })).toBeVisible()
  await expect(pane.getByText('The keyboard is in the guest.')).toBeVisible()
  const frame = await consoleFrame(page)
  const before = await picture(frame)
  expect([before.width, before.height]).toEqual([640, 400])
  await page.keyboard.type('uptime\n')
  // Rows 2 to 22 of the text: the moving lines above and below them are left out.
  const middle = (rgb: Buffer) => rgb.subarray(640 * 3 * 32, 640 * 3 * 350)
  await expect.poll(async () => Buffer.compare(middle((await picture(frame)).rgb), middle(before.rgb))).not.toBe(0)
  await page.keyboard.press('Control+Alt+Home')
  await expect(pane.getByText('Click into the console to type.')).toBeVisible()
  expect(complaints).toEqual([])
})

test('each console runs in a process of its own, apart from the app’s', async ({ connectedApp: { page, electron, host }, estate }) => {
  const names = estate.nodes.flatMap((node) => node.vms()).filter((vm) => vm.state === 'Running').slice(0, 2).map((vm) => vm.name)
  for (const name of names) {
    await openConsole(page, name)
    await expectOpen(page)
  }
  if (host === 'electron') {
    const processes = await electron?.evaluate(({ webContents }) => webContents.getAllWebContents().flatMap((contents) => contents.mainFrame.framesInSubtree.map((frame) => frame.osProcessId)))
    expect(processes).toHaveLength(3)
    expect(new Set(processes).size).toBe(3)
  } else {
    const session = await page.context().browser()?.newBrowserCDPSession()
    const { targetInfos } = (await session?.send('Target.getTargets')) ?? { targetInfos: [] }
    expect(targetInfos.filter(({ type }) => type === 'iframe')).toHaveLength(2)
  }
})

test('the picture is QEMU’s own, pixel by pixel; keys and texts arrive by the guest’s layout', async ({ connectedApp: { page }, cli }) => {
  const qemu = await startQemu()
  const node = await addRealNode(cli, { vncPort: qemu.vncPort })
  try {
    await openConsole(page, 'real-guest')
    await expectOpen(page)
    const frame = await consoleFrame(page)
    const same = async () => Buffer.compare((await picture(frame)).rgb, (await qemu.screendump()).rgb)
    await expect.poll(same).toBe(0)
    const first = await qemu.screendump()
    await page.keyboard.press('y')
    await expect.poll(async () => Buffer.compare((await qemu.screendump()).rgb, first.rgb)).not.toBe(0)
    await expect.poll(same).toBe(0)
    const typed = await qemu.screendump()

    // The guest’s BIOS has a US keyboard: a German z is its y.
    await qemu.reset()
    await expect.poll(async () => Buffer.compare((await qemu.screendump()).rgb, first.rgb), { timeout: 30_000 }).toBe(0)
    await choose(page, 'Keys', 'Type a text…')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Text for real-guest').fill('z')
    await dialog.getByRole('combobox', { name: 'The guest’s keyboard layout' }).click()
    await page.getByRole('option', { name: 'German', exact: true }).click()
    await dialog.getByRole('button', { name: 'Type', exact: true }).click()
    await expect.poll(async () => Buffer.compare((await qemu.screendump()).rgb, typed.rgb)).toBe(0)
    await expect.poll(same).toBe(0)
  } finally {
    await node.stop()
    await qemu.stop()
  }
})

test('what a layout cannot type is shown before it is typed, and typing can be stopped', async ({ connectedApp: { page }, estate }) => {
  const { vm } = paidVm(estate)
  await openConsole(page, vm.name)
  await expectOpen(page)
  await choose(page, 'Keys', 'Type a text…')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(`Text for ${vm.name}`).fill(`naïve 日本 ${'x'.repeat(5_000)}`)
  await expect(dialog.getByText('3 characters cannot be typed with this layout and will be left out')).toBeVisible()
  await dialog.getByRole('button', { name: 'Type', exact: true }).click()
  await expect(dialog.getByText(/^\d+ of 5,\d+ typed$/)).toBeVisible()
  await dialog.getByRole('button', { name: 'Stop typing' }).click()
  await expect(dialog.getByRole('button', { name: 'Type', exact: true })).toBeEnabled()
})

test('a serial console reaches a real shell: typing, search, selection', async ({ connectedApp: { page }, cli }) => {
  const shell = await startShellPort()
  const node = await addRealNode(cli, { serialPort: shell.port })
  try {
    await openConsole(page, 'real-guest')
    await frontPane(page).getByRole('button', { name: 'Serial', exact: true }).click()
    await expectOpen(page)
    const frame = await consoleFrame(page)
    await expect.poll(() => terminalText(frame)).toContain('real$')
    await expect(frontPane(page).getByText('switching this VM off may end Flint')).toBeVisible()
    await frame.locator('.xterm').click()
    await page.keyboard.type('echo $((6 * 7)) grüße; seq 1 300\n')
    await expect.poll(() => terminalText(frame)).toContain('300')
    await page.keyboard.press('Control+Shift+F')
    await page.getByRole('textbox', { name: 'Search the scrollback' }).fill('42 grüße')
    await expect(page.getByText('1 of 1')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('textbox', { name: 'Search the scrollback' })).toHaveCount(0)
  } finally {
    await node.stop()
    await shell.stop()
  }
})

test('a VM that is off offers Start and connects by itself; a paused one offers Resume', async ({ connectedApp: { page }, estate }) => {
  const { vm } = paidVm(estate)
  await openConsole(page, vm.name)
  await expectOpen(page)
  vm.forceStop()
  await expect(overlay(page).getByRole('heading', { name: 'The VM is off' })).toBeVisible()
  await expect((await consoleFrame(page)).locator('.last-picture')).toBeVisible()
  await overlay(page).getByRole('button', { name: 'Start' }).click()
  await expectOpen(page)
  expect(vm.state).toBe('Running')
  vm.pause()
  await frontPane(page).getByRole('button', { name: 'Serial', exact: true }).click()
  await frontPane(page).getByRole('button', { name: 'Screen', exact: true }).click()
  await expect(overlay(page).getByRole('heading', { name: 'The VM is paused' })).toBeVisible()
  await overlay(page).getByRole('button', { name: 'Resume' }).click()
  await expectOpen(page)
  expect(vm.state).toBe('Running')
})

test('a node that goes away and comes back finds its console open again; a refused key is never tried again by itself', async ({ connectedApp: { page }, estate }) => {
  const subject = paidVm(estate)
  const node = estate.nodes.find(({ hostname }) => hostname === subject.node)
  if (node === undefined) throw new Error('the node is not there')
  await openConsole(page, subject.vm.name)
  await expectOpen(page)
  await node.stop()
  await expect(overlay(page).getByText('It is tried again by itself.')).toBeVisible()
  await node.start()
  await expectOpen(page)

  node.faults.rejectKey = true
  const asked = () => node.requests.filter(({ path }) => path.includes('/vnc/ws')).length
  subject.vm.forceStop()
  subject.vm.start()
  await expect(overlay(page).getByText('refuses the API key')).toBeVisible()
  const afterRefusal = asked()
  node.faults.rejectKey = false
  // Longer than the longest of the first five pauses between attempts.
  await page.clock.install()
  await page.clock.runFor(30_000)
  expect(asked()).toBe(afterRefusal)
  await overlay(page).getByRole('button', { name: 'Reconnect' }).click()
  await expectOpen(page)
})

test('a Flint that is too old for screens says so and offers the serial console', async ({ connectedApp: { page }, estate }) => {
  const subject = paidVm(estate)
  for (const node of estate.nodes) node.faults.oldRelease = true
  await openConsole(page, subject.vm.name)
  await expect(overlay(page).getByRole('heading', { name: 'This Flint cannot show screens' })).toBeVisible()
  await overlay(page).getByRole('button', { name: 'Open the serial console' }).click()
  await expectOpen(page)
  const frame = await consoleFrame(page)
  await expect.poll(() => terminalText(frame)).toContain('Serial console connected')
})

test('consoles live on behind other screens, and how they are shown is remembered for each VM', async ({ connectedApp: app, estate }) => {
  const { page } = app
  const { vm } = paidVm(estate)
  await openConsole(page, vm.name)
  await expectOpen(page)
  await choose(page, 'View', 'Pixel for pixel, scrolled', 'menuitemradio')
  await page.keyboard.press('Escape')
  await choose(page, 'View', 'View only: nothing is typed or clicked', 'menuitemcheckbox')
  const frame = await consoleFrame(page)
  await frame.evaluate(() => {
    document.body.dataset['mark'] = 'the same document'
  })
  await openScreen(page, 'Nodes')
  await openScreen(page, 'Consoles')
  expect(await (await consoleFrame(page)).evaluate(() => document.body.dataset['mark'])).toBe('the same document')
  await app.reload()
  await expectOpen(page)
  await expect(frontPane(page).getByText('view only')).toBeVisible()
  await frontPane(page).getByRole('button', { name: 'View', exact: true }).click()
  await expect(frontPane(page).getByRole('menuitemradio', { name: 'Pixel for pixel, scrolled' })).toHaveAttribute('aria-checked', 'true')
})

test('a console moves into a window of its own and back, and there is one for each VM', async ({ connectedApp: { page }, estate }) => {
  const { vm } = paidVm(estate)
  await openConsole(page, vm.name)
  await expectOpen(page)
  const opening = page.context().waitForEvent('page')
  await frontPane(page).getByRole('button', { name: 'In a window of its own' }).click()
  const popUp = await opening
  await expectOpen(popUp)
  await expect(popUp.getByRole('heading', { name: vm.name })).toBeVisible()
  await expect(page.getByText('No console is open')).toBeVisible()
  await expect(page.getByText('one in a window of its own')).toBeVisible()
  await openScreen(page, 'VMs')
  await page.getByRole('button', { name: `Open the console of ${vm.name} (C)` }).click()
  await expect(page.getByRole('heading', { name: 'VMs' })).toBeVisible()
  expect(page.context().pages()).toHaveLength(2)
  const closing = popUp.waitForEvent('close')
  // The window may be gone before it could answer the click: that it closes is what counts.
  await popUp
    .getByRole('button', { name: 'Back into the app' })
    .click()
    .catch(() => closing)
  await closing
  await expectOpen(page)
  await expect(frontPane(page).getByRole('heading', { name: vm.name })).toBeVisible()
})

test('the page and its consoles never hold a node’s key, whatever is opened', async ({ connectedApp: { page }, estate }) => {
  const { vm } = paidVm(estate)
  const secrets = estate.connect.nodes.map((node) => node.key)
  await openConsole(page, vm.name)
  await expectOpen(page)
  await frontPane(page).getByRole('button', { name: 'Serial', exact: true }).click()
  await expectOpen(page)
  findVm(estate, paidVm(estate).node, vm.name).forceStop()
  await expect(overlay(page).getByRole('heading', { name: 'The VM is off' })).toBeVisible()
  const frame = await consoleFrame(page)
  const held = [
    await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie),
    await frame.evaluate(() => document.documentElement.outerHTML + location.href + JSON.stringify(performance.getEntries())),
  ]
  const session = await page.context().newCDPSession(page)
  const heap: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => heap.push(chunk))
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  expect(heap.join('')).toContain(vm.name)
  for (const secret of secrets) expect([...held, heap.join('')].some((text) => text.includes(secret))).toBe(false)
})

test('combinations and held keys reach the guest: Ctrl+Alt+Del restarts it', async ({ connectedApp: { page }, estate }) => {
  const { vm } = paidVm(estate)
  const bootedAt = vm.bootedAt
  await openConsole(page, vm.name)
  await expectOpen(page)
  await choose(page, 'Keys', 'Ctrl+Alt+Del')
  await expect.poll(() => vm.bootedAt).not.toBe(bootedAt)
  await expectOpen(page)

  const again = vm.bootedAt
  await choose(page, 'Keys', 'Ctrl', 'menuitemcheckbox')
  await frontPane(page).getByRole('menuitemcheckbox', { name: 'Alt', exact: true }).click()
  await expect(frontPane(page).getByText('Ctrl+Alt held with the next key')).toBeVisible()
  await page.keyboard.press('Escape')
  await (await consoleFrame(page)).locator('canvas').click()
  // The click has used them up; they are chosen again for the key.
  await expect(frontPane(page).getByText('held with the next key')).toHaveCount(0)
  await choose(page, 'Keys', 'Ctrl', 'menuitemcheckbox')
  await frontPane(page).getByRole('menuitemcheckbox', { name: 'Alt', exact: true }).click()
  await page.keyboard.press('Escape')
  await (await consoleFrame(page)).locator('canvas').focus()
  await page.keyboard.press('Delete')
  await expect.poll(() => vm.bootedAt).not.toBe(again)
})

test('the bar makes a snapshot of the machine that is looked at', async ({ connectedApp: { page }, estate }) => {
  const { vm } = paidVm(estate)
  await openConsole(page, vm.name)
  await expectOpen(page)
  await choose(page, 'Power', 'Make a snapshot…')
  const dialog = page.getByRole('dialog', { name: `Snapshot of ${vm.name}` })
  await dialog.getByLabel('Name').fill('before-repair')
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await expect(page.getByText('snapshot before-repair is made')).toBeVisible()
  expect(vm.snapshots.map(({ name }) => name)).toContain('before-repair')
})

test('a screenshot is the guest’s picture at its own size, named after the machine', async ({ connectedApp: { page, electron }, estate, dataDir }) => {
  const { vm } = paidVm(estate)
  const file = join(dataDir, 'screenshot.png')
  // The desktop asks where to put it: the test answers in the operator's place.
  await electron?.evaluate(({ session }, path) => {
    session.defaultSession.on('will-download', (_event, item) => item.setSavePath(path))
  }, file)
  await openConsole(page, vm.name)
  await expectOpen(page)
  if (electron === null) {
    const saving = page.waitForEvent('download')
    await choose(page, 'Capture', 'Save a screenshot')
    const download = await saving
    expect(download.suggestedFilename()).toMatch(new RegExp(`^${vm.name}-.*\\.png$`))
    await download.saveAs(file)
  } else await choose(page, 'Capture', 'Save a screenshot')
  await expect(page.getByText('Screenshot saved')).toBeVisible()
  await expect.poll(() => existsSync(file) && statSync(file).size > 100).toBe(true)
  const png = readFileSync(file)
  expect(png.toString('latin1', 1, 4)).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([640, 400])
})

for (const theme of ['light', 'dark'] as const) {
  test(`consoles are legible and quiet in the ${theme} theme, open, away and empty`, async ({ connectedApp: app, estate }) => {
    const { page } = app
    const { vm } = paidVm(estate)
    await page.emulateMedia({ colorScheme: theme })
    await app.reload()
    const quiet = async (name: string): Promise<void> => {
      await expectAccessible(page, ['iframe'])
      await photograph(app, `console-${name}-${theme}`)
    }
    await openScreen(page, 'Consoles')
    await expect(page.getByText('No console is open')).toBeVisible()
    await quiet('empty')
    await openConsole(page, vm.name)
    await expectOpen(page)
    await quiet('screen')
    await frontPane(page).getByRole('button', { name: 'Keys', exact: true }).click()
    await quiet('keys')
    await page.keyboard.press('Escape')
    await frontPane(page).getByRole('button', { name: 'Serial', exact: true }).click()
    await expectOpen(page)
    await quiet('serial')
    vm.forceStop()
    await expect(overlay(page).getByRole('heading', { name: 'The VM is off' })).toBeVisible()
    await quiet('off')
    expect(app.complaints).toEqual([])
  })
}
