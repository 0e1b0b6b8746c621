// The README and the fault table against what they speak of: commands, permissions, folders, variables and tests that are there, and none left out.
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { wantedPermissions } from '../../electron/worker/billing/wantedPermissions.ts'

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const boxPage = readFileSync(join(root, 'docs/always-on.md'), 'utf8')

function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].sort()
}

test('every permission that this program has a use for stands in the README, and no other', () => {
  const rows = readme.split('\n').filter((line) => line.startsWith('| `') && /`\w+\.(view|update|create)`/.test(line))
  const named = rows.flatMap((row) => found(row.split('|')[1] ?? '', /`(\w+\.\w+)`/g))
  expect(named.sort()).toEqual(wantedPermissions.map((wanted) => wanted.permission).sort())
})

test('a permission is called required in the README when nothing can be connected without it', () => {
  for (const { permission, required } of wantedPermissions) {
    const row = readme.split('\n').find((line) => line.startsWith('| ') && line.includes(`\`${permission}\``)) ?? ''
    expect({ permission, required: row.includes(': required') }).toEqual({ permission, required })
  }
})

test('every npm script that is named is there, and every one that is there is named', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const named = found(readme + boxPage, /npm (?:run (?:--silent )?)?(test|(?<=run (?:--silent )?)[a-z]+)/g)
  expect(named).toEqual(Object.keys(scripts).sort())
})

test('every folder of the worker is told in a few words', () => {
  const row = readme.split('\n').find((line) => line.startsWith('| `electron/worker/` |')) ?? ''
  const folders = readdirSync(join(root, 'electron/worker'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(found(row.split('|')[2] ?? '', /`(\w+)\/`/g)).toEqual(folders.map((entry) => entry.name).sort())
})

test('every variable that is named is read somewhere', () => {
  const sources = globSync('{electron,scripts}/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'))
  for (const name of found(readme, /`((?:FLINT_CONSOLE|ELECTRON)_[A-Z_]+)/g)) {
    expect({ name, isRead: sources.some((source) => source.includes(`'${name}'`)) }).toEqual({ name, isRead: true })
  }
})

test('every test that the fault table names is there, under that name', () => {
  const rows = readFileSync(join(root, 'tests/fault-table.md'), 'utf8').split('\n').filter((line) => /^\| \d/.test(line))
  expect(rows).toHaveLength(24)
  for (const row of rows) {
    const [, number = '', , shown = ''] = row.split('|').map((cell) => cell.trim())
    for (const [, file = '', names = ''] of shown.matchAll(/`(\S+\.test\.ts)`([^`]*)/g)) {
      const source = readFileSync(join(root, 'tests', file), 'utf8')
      const parts = found(names, /“([^”]+)”/g).flatMap((name) => name.split(' … '))
      expect({ number, file, missing: parts.filter((part) => !source.includes(part)) }).toEqual({ number, file, missing: [] })
    }
  }
})
