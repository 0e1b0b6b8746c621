// A real pino log whose every line is kept, so that a test can look for what must not be there.
import { Writable } from 'node:stream'
import { pino, type Logger } from 'pino'

export function recordedLog(): { log: Logger; text: () => string } {
  let text = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8')
      done()
    },
  })
  return { log: pino({ level: 'trace' }, sink), text: () => text }
}
