// The command line's entry.
import { runCommandLine } from './program.ts'

/** What was written must be on its way before the process ends: a pipe takes it in pieces. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve())
  })
}

async function main(): Promise<void> {
  process.umask(0o077)
  // A reader that has gone (`… | head`) is no reason to fail loudly.
  process.stdout.on('error', () => process.exit(0))
  const code = await runCommandLine(process.argv.slice(2))
  await flushed(process.stdout)
  await flushed(process.stderr)
  process.exit(code)
}

void main()
