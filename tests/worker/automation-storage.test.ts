// The database under automation: a disk that is full at an intent's commit, a cut-off log, flipped bytes, an old copy put back. Nothing is done unjustly.
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import type { ServiceId } from '../../shared/domain/ids.ts'
import { AutomationWorld } from '../helpers/automationWorld.ts'

let world: AutomationWorld
beforeEach(async () => {
  world = await AutomationWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

const obedient = 5
const file = (): string => join(world.dataDir, 'console.sqlite')
const heldBy = async () => (await world.run()).held.map((guard) => guard.code)

/** From now on the database cannot grow by a page: the next larger write is refused as on a full disk. */
function fillDisk(): void {
  const { sqlite } = world.context.db
  sqlite.pragma(`max_page_count = ${String(sqlite.pragma('page_count', { simple: true }))}`)
}

function freeDisk(): void {
  world.context.db.sqlite.pragma('max_page_count = 1073741823')
}

describe('a disk that is full', () => {
  it('at the commit before a stop keeps the stop from being sent; it is sent once there is room', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    const { sqlite } = world.context.db
    sqlite.exec('create table filler (bytes blob)')
    const fillWithin = sqlite.prepare('insert into filler values (zeroblob(10000000))')
    let isFull = true
    world.automation.onIntentChange((_intent, change) => {
      // In the same transaction, as any write of it would find the disk.
      if (!isFull || change.step !== 'stop') return
      fillDisk()
      fillWithin.run()
    })
    const result = await world.run()
    expect(result).toMatchObject({ done: 0 })
    expect(world.sentTo(vm)).toEqual([])
    expect(vm.state).toBe('Running')
    expect(world.intents(id).every((intent) => intent.step !== 'stop')).toBe(true)

    isFull = false
    freeDisk()
    await world.untilRun((again) => again.done === 1)
    expect(world.sentTo(vm)).toEqual(['stop'])
    expect(vm.state).toBe('Shutoff')
    expect(await world.automation.audit.verify()).toMatchObject({ ok: true })
  })

  it('from the beginning of a run lets nothing be done, and loses nothing', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    const { sqlite } = world.context.db
    sqlite.exec('vacuum')
    fillDisk()
    for (let attempt = 0; attempt < 3; attempt += 1) await world.run().catch(() => undefined)
    const committed = new Set(world.handlers['audit.list']({ serviceId: id }).map((entry) => entry.action))
    // Where there was room for the commit the stop is justified; where there was none it was not sent.
    expect(world.sentTo(vm).length > 0).toBe(committed.has('vm.stop-sent'))
    freeDisk()
    world.estate.clock.advance({ minutes: 30 })
    await world.untilRun((again) => again.held.length === 0 && world.intents(id).some((intent) => intent.kind === 'suspend' && intent.state === 'done'))
    expect(vm.state).toBe('Shutoff')
    expect(world.sentTo(vm)).toEqual(['stop'])
  })
})

describe('a database that is not what it was', () => {
  it('whose write-ahead log was cut off is held as restored until somebody has looked', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    await world.run()
    world.context.db.sqlite.pragma('wal_checkpoint(TRUNCATE)')
    const early = statSync(file()).size
    await world.run()
    await world.run()
    const copies = [file(), `${file()}-wal`].map((path) => ({ path, bytes: readFileSync(path) }))
    await world.reopen(() => {
      for (const { path, bytes } of copies) writeFileSync(path, bytes)
      rmSync(`${file()}-shm`, { force: true })
      truncateSync(`${file()}-wal`, 40)
    })
    expect(early).toBeGreaterThan(0)
    world.policy({ mode: 'auto' })
    expect(await heldBy()).toEqual(['restored'])
    expect(vm.state).toBe('Running')
    world.handlers['guards.release']({ code: 'restored', by: 'Asha', why: 'the machine lost power' })
    expect(await heldBy()).toEqual([])
    expect(vm.state).toBe('Shutoff')
  })

  it('with a flipped byte in a page’s header is not opened, and says what to put in its place', async () => {
    const copy = join(world.dataDir, 'copy.sqlite')
    world.context.db.sqlite.pragma('wal_checkpoint(TRUNCATE)')
    copyFileSync(file(), copy)
    const bytes = readFileSync(copy)
    const pageBytes = bytes.readUInt16BE(16)
    // Any page of a table's tree but the first: its type is one that does not exist.
    const page = Array.from({ length: bytes.length / pageBytes }, (_, index) => index).findLast((index) => index > 0 && bytes[index * pageBytes] === 13)
    bytes[(page ?? 1) * pageBytes] = 0x7f
    writeFileSync(copy, bytes)
    expect(() => openDatabase(copy)).toThrow(expect.objectContaining({ code: 'database.damaged', hint: expect.stringContaining('backup') as string }) as Error)
  })

  it('with a flipped byte in a link holds suspensions and names the links', async () => {
    const { id, vm, nodeName } = world.service('overdue', obedient)
    const link = world.automation.links.list().find((known) => known.serviceId === id)
    world.keepLinks()
    const node = world.nodes.rows().find((row) => row.name === nodeName)
    world.automation.links.confirm(id as ServiceId, { nodeId: node?.id as never, uuid: link?.uuid as never }, 'seen-on-the-invoice-4711')
    world.policy({ mode: 'auto' })
    await world.reopen(() => {
      const bytes = readFileSync(file())
      let changed = 0
      for (let at = bytes.indexOf('seen-on-the-invoice-4711'); at >= 0; at = bytes.indexOf('seen-on-the-invoice-4711', at + 1)) {
        bytes[at + 20] = 0x35
        changed += 1
      }
      expect(changed).toBeGreaterThan(0)
      writeFileSync(file(), bytes)
    })
    const result = await world.run()
    expect(result.held).toMatchObject([{ code: 'restored' }])
    expect(vm.state).toBe('Running')
  })

  it('of last week, put back, holds suspensions and gives back whoever has paid', async () => {
    const payer = world.service('overdue', obedient)
    const other = world.service('overdue', 9)
    world.keepLinks(payer.id, other.id)
    world.policy({ mode: 'auto' })
    world.automation.holds.add({ serviceId: other.id as ServiceId, kind: 'no-stop', until: world.billing.today(), why: 'until the backup is made' }, world.billing.today())
    await world.run()
    expect(payer.vm.state).toBe('Shutoff')
    const backup = join(world.dataDir, 'backup.sqlite')
    world.context.db.sqlite.prepare('vacuum into ?').run(backup)
    await world.run()
    world.estate.clock.advance({ days: 1 })
    await world.run()
    await world.reopen(() => {
      for (const end of ['-wal', '-shm']) rmSync(`${file()}${end}`, { force: true })
      copyFileSync(backup, file())
    })
    world.estate.billing.payInvoice(payer.pendingInvoice())
    other.vm.start()
    const result = await world.run()
    expect(result.held.map((guard) => guard.code)).toContain('restored')
    expect(payer.vm.state).toBe('Running')
    expect(other.vm.state).toBe('Running')
  })
})
