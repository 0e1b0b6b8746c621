// `npm run package`: an unpacked app for this system under dist/, made from the Electron runtime that is at hand.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packagedExecutable } from './packagedApp.ts'
import { prepare } from './prepare.ts'
import { root } from './requirements.ts'

process.exitCode = main()

function main(): number {
  const prepared = prepare(['electron'])
  if (prepared.electron === null) {
    for (const problem of prepared.problems) process.stderr.write(`${problem}\n`)
    return 1
  }
  if (!run(join('scripts', 'build.ts'), [])) return 1
  const { dist, version } = prepared.electron
  const builder = join('node_modules', 'electron-builder', 'cli.js')
  const options = ['--dir', '--publish', 'never', '--config', 'electron-builder.yml']
  if (!run(builder, [...options, `--config.electronDist=${dist}`, `--config.electronVersion=${version}`])) return 1
  const executable = packagedExecutable()
  if (!existsSync(executable)) {
    process.stderr.write(`electron-builder made no ${executable}\n`)
    return 1
  }
  removeForeignApp(executable)
  process.stdout.write(`${executable}\n`)
  return 0
}

function run(script: string, parameters: readonly string[]): boolean {
  return spawnSync(process.execPath, [join(root, script), ...parameters], { cwd: root, stdio: ['ignore', 2, 2] }).status === 0
}

/** A runtime may carry a folder `app` of its own, which Electron would start rather than our archive. */
function removeForeignApp(executable: string): void {
  const resources = process.platform === 'darwin' ? join(dirname(executable), '..', 'Resources') : join(dirname(executable), 'resources')
  if (existsSync(join(resources, 'app.asar'))) rmSync(join(resources, 'app'), { recursive: true, force: true })
}
