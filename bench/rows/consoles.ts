// Consoles: the relay's throughput with one and with four, its added time for a key press, its memory after many, and what reloads leave behind.
import { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { startQemu } from '../../tests/helpers/qemu.ts'
import { until } from '../../tests/helpers/until.ts'
import { benchUuid, directViewer, drain, lineTo, openScreen, Program, relayedViewer, type Viewer } from '../consoleParts.ts'
import { RfbKeys } from '../rfbKeys.ts'
import { inTurns, median, type Row } from '../row.ts'

const mebibyte = 1024 * 1024
const pouredBytes = 128 * mebibyte
const rounds = 5
const keysPerRound = 30

/** MiB a second that all viewers together receive. */
async function throughput(viewers: readonly Viewer[], bytesEach: number): Promise<number> {
  const startedAt = performance.now()
  await Promise.all(viewers.map((viewer) => drain(viewer, bytesEach)))
  const seconds = (performance.now() - startedAt) / 1_000
  for (const viewer of viewers) viewer.close()
  return (viewers.length * bytesEach) / mebibyte / seconds
}

function throughputRow(name: string, consoles: number, goal: number): Row {
  return {
    name,
    unit: 'MiB/s',
    goal,
    better: 'higher',
    async measure() {
      await using server = await Program.start('screenServer.ts')
      await using worker = await Program.start('consoleWorker.ts', [`http://127.0.0.1:${server.port}`])
      const client = await lineTo(worker)
      const direct = async () => throughput([await directViewer(`ws://127.0.0.1:${server.port}/`)], pouredBytes)
      const relayed = async () => throughput(await Promise.all(Array.from({ length: consoles }, () => relayedViewer(client))), pouredBytes / consoles)
      await direct()
      await relayed()
      const measured = await inTurns(rounds, relayed, direct)
      client.close()
      return measured
    },
  }
}

/** From a key press to the picture of it, on a real guest of QEMU's, straight and through the worker. */
const latency: Row = {
  name: 'console-latency',
  unit: 'ms',
  goal: 1.2,
  better: 'lower',
  async measure() {
    const qemu = await startQemu()
    const key = 'b0'.repeat(32)
    const node = new SimulatedFlintNode({
      hostname: 'bench',
      key,
      cpuCores: 1,
      memoryKiB: mebibyte,
      storageBytes: 1e9,
      clock: Date,
      vms: [{ name: 'bench', uuid: benchUuid, memoryKiB: mebibyte, vcpus: 1, diskGiB: 1, state: 'Running', vncPort: qemu.vncPort }],
    })
    await node.start()
    try {
      await using worker = await Program.start('consoleWorker.ts', [node.url, key])
      const client = await lineTo(worker)
      const direct = new RfbKeys(await directViewer(`${node.url.replace('http', 'ws')}/api/vms/${benchUuid}/vnc/ws?token=${key}`))
      const relayed = new RfbKeys(await relayedViewer(client))
      const medianOf = async (viewer: RfbKeys): Promise<number> => {
        const times: number[] = []
        for (let press = 0; press < keysPerRound; press += 1) times.push(await viewer.pressMs())
        return median(times)
      }
      await direct.greet()
      await relayed.greet()
      await medianOf(direct)
      await medianOf(relayed)
      const measured = await inTurns(rounds, () => medianOf(relayed), () => medianOf(direct))
      direct.close()
      relayed.close()
      client.close()
      return measured
    } finally {
      await node.stop()
      await qemu.stop()
    }
  },
}

const openings = 100
/** What a process keeps of freed memory differs from one to the next: the middle one of these counts. */
const memoryRounds = 3
const firstOpenings = 5

/** A worker's memory after five consoles were opened, used and closed, and after a hundred. */
async function memoryOfWorker(): Promise<{ readonly afterFew: number; readonly afterAll: number }> {
  await using server = await Program.start('screenServer.ts')
  await using worker = await Program.start('consoleWorker.ts', [`http://127.0.0.1:${server.port}`], ['--expose-gc'])
  const client = await lineTo(worker)
  const cycles = async (count: number): Promise<number> => {
    for (let cycle = 0; cycle < count; cycle += 1) await throughput([await relayedViewer(client)], 4 * mebibyte)
    await until('every console is closed', async () => (await worker.ask('consoles')) === 0)
    return (await worker.ask('memory')) / mebibyte
  }
  const afterFew = await cycles(firstOpenings)
  const afterAll = await cycles(openings - firstOpenings)
  client.close()
  return { afterFew, afterAll }
}

const memory: Row = {
  name: 'console-memory',
  unit: 'MiB',
  goal: 1.05,
  better: 'lower',
  async measure() {
    const workers = []
    for (let round = 0; round < memoryRounds; round += 1) workers.push(await memoryOfWorker())
    return { value: median(workers.map(({ afterAll }) => afterAll)), baseline: median(workers.map(({ afterFew }) => afterFew)) }
  },
}

/** Connections at the node after a page with a console was loaded a hundred times. */
const sockets: Row = {
  name: 'console-sockets',
  unit: 'connections',
  goal: 0,
  better: 'lower',
  async measure() {
    await using server = await Program.start('screenServer.ts')
    await using worker = await Program.start('consoleWorker.ts', [`http://127.0.0.1:${server.port}`])
    for (let load = 0; load < 100; load += 1) {
      const client = await lineTo(worker)
      await openScreen(client)
      client.close()
    }
    await until('the worker has seen them go', async () => (await worker.ask('consoles')) === 0)
    await until('their connections have ended', async () => (await server.ask('connections')) === 0).catch(() => undefined)
    return { value: await server.ask('connections'), baseline: null }
  },
}

export const rows: readonly Row[] = [throughputRow('console-throughput', 1, 0.9), latency, throughputRow('console-four', 4, 0.85), memory, sockets]
