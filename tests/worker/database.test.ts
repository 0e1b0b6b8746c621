// The database as its users meet it: what waits for the disk, and statements that are asked again and again.
import { sql } from 'drizzle-orm'
import { createHook } from 'node:async_hooks'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../db/open.ts'
import { settings } from '../../db/schema.ts'
import { WalSync } from '../../db/walSync.ts'

let folder = ''
let db: Database

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'))
  db = openDatabase(join(folder, 'console.sqlite'))
})

afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

function keep(key: string, value: string): void {
  db.orm.insert(settings).values({ key, value }).run()
}

/** How many requests to the file system are begun meanwhile. */
async function requestsDuring(work: () => Promise<unknown>): Promise<number> {
  let begun = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'FSREQCALLBACK') begun += 1
    },
  }).enable()
  try {
    await work()
  } finally {
    hook.disable()
  }
  return begun
}

describe('what was noted', () => {
  test('is waited for together: whoever comes while the disk is written waits for one more write, all of them for the same', async () => {
    db.note(() => {
      keep('a', '1')
    })
    expect(await requestsDuring(() => db.onDisk())).toBe(1)
    const many = await requestsDuring(async () => {
      const first = db.onDisk()
      db.note(() => {
        keep('b', '2')
      })
      await Promise.all([first, ...Array.from({ length: 50 }, () => db.onDisk())])
    })
    expect(many).toBe(2)
  })

  test('is waited for anew each time', async () => {
    const rounds = await requestsDuring(async () => {
      for (const key of ['a', 'b', 'c']) {
        db.note(() => {
          keep(key, 'x')
        })
        await db.onDisk()
      }
    })
    expect(rounds).toBe(3)
  })

  test('is not said to be on a disk that refuses, until it no longer does', async () => {
    const path = join(folder, 'away', 'log')
    const log = new WalSync(path)
    await expect(log.onDisk()).rejects.toThrow('ENOENT')
    await expect(Promise.all([log.onDisk(), log.onDisk()])).rejects.toThrow('ENOENT')
    const there = new WalSync(join(folder, 'console.sqlite-wal'))
    await expect(Promise.all([there.onDisk(), there.onDisk()])).resolves.toHaveLength(2)
    there.close()
  })

  test('may be closed on while the disk is still written', async () => {
    const log = new WalSync(join(folder, 'console.sqlite-wal'))
    const waiting = log.onDisk()
    log.close()
    await expect(waiting).resolves.toBeUndefined()
  })
})

describe('a statement in the same words', () => {
  const words = sql.raw('select "key", "value" from "settings" where "key" = \'a\'')

  test('gives rows in the shape that was asked for, whoever asked before', () => {
    keep('a', '1')
    const typed = () => db.orm.select({ name: settings.key, text: settings.value }).from(settings).where(sql.raw('"key" = \'a\'')).all()
    for (let round = 0; round < 3; round += 1) {
      expect(typed()).toEqual([{ name: 'a', text: '1' }])
      expect(db.orm.all(words)).toEqual([{ key: 'a', value: '"1"' }])
      expect(db.orm.get(words)).toEqual({ key: 'a', value: '"1"' })
      expect(db.orm.values(words)).toEqual([['a', '"1"']])
    }
  })

  test('sees what was written since, and a table that was changed', () => {
    keep('a', '1')
    const all = sql.raw('select * from settings')
    expect(db.orm.all(all)).toEqual([{ key: 'a', value: '"1"' }])
    db.sqlite.exec(`update settings set value = '"2"'; alter table settings add column note text`)
    expect(db.orm.all(all)).toEqual([{ key: 'a', value: '"2"', note: null }])
  })

  test('works after a thousand others, and with more words than are kept', () => {
    keep('a', '1')
    for (let number = 0; number < 1_000; number += 1) expect(db.orm.get(sql.raw(`select ${number} as n`))).toEqual({ n: number })
    expect(db.orm.get(words)).toEqual({ key: 'a', value: '"1"' })
    const long = sql.raw(`select value from settings where key in (${Array.from({ length: 2_000 }, (_, index) => `'${index}'`).join(', ')}, 'a')`)
    expect([db.orm.get(long), db.orm.get(long)]).toEqual([{ value: '"1"' }, { value: '"1"' }])
  })
})
