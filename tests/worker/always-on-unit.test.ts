// The systemd unit as systemd itself reads it: no word that it does not know, and a program that is there.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const unit = readFileSync(join(root, 'resources/flint-console.service'), 'utf8')

/** A unit at a place where its own program is. */
function verify(text: string): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'flint-unit-'))
  const path = join(folder, 'flint-console.service')
  writeFileSync(path, text.replaceAll('/opt/flint-console/', `${root}/`))
  const { status, stdout, stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' })
  rmSync(folder, { recursive: true, force: true })
  return { status: error === undefined ? status : null, output: `${stdout}${stderr}` }
}

it('is understood by systemd as a whole, which would name a word that it does not know', () => {
  const right = verify(unit)
  const wrong = verify(unit.replace('NoNewPrivileges=yes', 'NoNewPrivilegs=yes'))
  // A machine without systemd can only tell what the unit must say.
  if (right.status === null) expect(unit).toMatch(/^LoadCredentialEncrypted=flint-console:\/etc\/flint-console\/credentials$/m)
  else {
    expect(right.output.split('\n').filter((line) => line.includes('flint-console.service'))).toEqual([])
    expect(wrong.output).toContain('NoNewPrivilegs')
  }
})

it('starts the worker itself, as a user of its own, with nothing secret in it', () => {
  expect(unit).toMatch(/^ExecStart=\S+ --data-dir \/var\/lib\/flint-console\/data run$/m)
  expect(unit).toMatch(/^User=flint-console$/m)
  expect(unit).not.toMatch(/^(Environment|PassEnvironment|SetCredential|LoadCredential)=/m)
})
