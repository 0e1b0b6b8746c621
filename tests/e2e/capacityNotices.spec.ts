// A node that runs short is told through the system once, not again while it stays near the limit, and a click leads to the node.
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import type { RunningApp } from './app.ts'
import { expect, test } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

interface Told {
  readonly title: string
  readonly body: string
}

/** Where a test's page or shell keeps what it was asked to show. */
type Recording = typeof globalThis & { told: Told[]; click: () => void }

/** From now on what the system is asked to show is kept instead. Nothing but the very last step, the system's own, is replaced. */
async function recordNotifications({ electron, page }: RunningApp): Promise<void> {
  if (electron !== null) {
    await electron.evaluate(({ Notification }) => {
      const recording = globalThis as Recording
      recording.told = []
      Notification.isSupported = () => true
      Notification.prototype.show = function show(): void {
        recording.told.push({ title: this.title, body: this.body })
        recording.click = () => this.emit('click')
      }
    })
    return
  }
  await page.context().grantPermissions(['notifications'])
  await page.evaluate(() => {
    const recording = globalThis as Recording
    recording.told = []
    window.Notification = class extends window.Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options)
        recording.told.push({ title, body: options?.body ?? '' })
        recording.click = () => this.dispatchEvent(new Event('click'))
      }
    }
  })
}

async function told({ electron, page }: RunningApp): Promise<Told[]> {
  const read = (): Told[] => (globalThis as Recording).told
  return electron === null ? page.evaluate(read) : electron.evaluate(read)
}

async function clickTheLast({ electron, page }: RunningApp): Promise<void> {
  const click = (): void => {
    ;(globalThis as Recording).click()
  }
  await (electron === null ? page.evaluate(click) : electron.evaluate(click))
}

/** A running VM that holds so much of its node's memory. */
function addVm(node: SimulatedFlintNode, number: number, memoryKiB: number) {
  const uuid = `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`
  return node.addVm({ name: `weight-${String(number)}`, uuid, memoryKiB: Math.round(memoryKiB), vcpus: 1, diskGiB: 1, state: 'Running' })
}

interface Memory {
  readonly totalKiB: number
  /** Of it, what is promised to VMs that are not off, in percent. */
  readonly promised: number
}

/** As the node itself tells it. */
async function memoryOf(node: SimulatedFlintNode, key: string): Promise<Memory> {
  const answer = await fetch(`${node.url}/api/host/resources`, { headers: { authorization: `Bearer ${key}` } })
  const { total_memory_kb: totalKiB } = (await answer.json()) as { total_memory_kb: number }
  const promisedKiB = node.vms().reduce((sum, vm) => sum + (vm.state === 'Shutoff' ? 0 : vm.memoryKiB), 0)
  return { totalKiB, promised: (promisedKiB / totalKiB) * 100 }
}

test.use({ estateOptions: { nodes: 2, vms: 12 } })

test('a node that runs short is told once, and again only after it was well below', async ({ connectedApp: app, cli, estate }) => {
  const { page } = app
  const seen = await Promise.all(
    estate.nodes.map(async (node) => ({ node, name: node.hostname, ...(await memoryOf(node, estate.nodeKeys[node.hostname] ?? '')) })),
  )
  const [other, fuller] = seen.toSorted((a, b) => a.promised - b.promised)
  if (fuller === undefined || other === undefined) throw new Error('there are two nodes')
  const percentKiB = fuller.totalKiB / 100
  const check = (): Promise<unknown> => cli.run(['node', 'check'])
  const limit = (fuller.promised + 10.5).toFixed(2)
  const ofMemory = async (): Promise<Told[]> => (await told(app)).filter(({ body }) => body.includes('promised'))
  const names = async (): Promise<string[]> => (await ofMemory()).map(({ title }) => title)
  const [short, otherShort] = [`${fuller.name} runs short`, `${other.name} runs short`]

  await recordNotifications(app)
  const loadedAt = await page.evaluate(() => performance.timeOrigin)
  await openScreen(page, 'Capacity')
  await page.getByRole('button', { name: 'Limits' }).click()
  await page.getByRole('textbox', { name: 'Memory promised to running VMs' }).fill(limit)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  const edge = addVm(fuller.node, 1, percentKiB)
  await check()

  let bulk = edge
  await test.step('crossed: told, with its name and how much it is', async () => {
    bulk = addVm(fuller.node, 2, 10 * percentKiB)
    await check()
    await expect.poll(ofMemory).toHaveLength(1)
    const [first] = await ofMemory()
    expect(first?.title).toBe(short)
    const percent = String(Math.round(fuller.promised + 11))
    expect(first?.body).toBe(
      `${fuller.name}: running VMs were promised ${percent} % of its memory (told from ${String(Number(limit))} %).`,
    )
  })

  await test.step('not again at the next looks, nor when it moves about the limit', async () => {
    await check()
    edge.forceStop()
    await check()
    edge.start()
    await check()
    // The other node's turn comes after whatever would have been told of the first.
    addVm(other.node, 3, other.totalKiB)
    await check()
    await expect.poll(names).toEqual([short, otherShort])
  })

  await test.step('again after it was well below', async () => {
    bulk.forceStop()
    await check()
    await openScreen(page, 'Overview')
    await expect(page.getByText(`${other.name}: running VMs were promised`)).toBeVisible()
    await expect(page.getByText(`${fuller.name}: running VMs were promised`)).toHaveCount(0)
    bulk.start()
    await check()
    await expect.poll(names).toEqual([short, otherShort, short])
  })

  await test.step('a click brings the window back, at the node, without loading the page anew', async () => {
    await app.electron?.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.hide()
    })
    await clickTheLast(app)
    await expect(page.getByRole('heading', { level: 1, name: fuller.name })).toBeVisible()
    expect(new URL(page.url()).hash).toMatch(/^#\/nodes\/[^/]+$/)
    expect(await page.evaluate(() => performance.timeOrigin)).toBe(loadedAt)
    const isVisible = await app.electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))
    if (isVisible !== undefined) expect(isVisible).toEqual([true])
  })
  expect(app.complaints).toEqual([])
})
