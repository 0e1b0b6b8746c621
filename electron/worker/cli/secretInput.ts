// Secrets come by stdin or a prompt that does not echo; never as an argument, where every process of the machine could read them.
import { Failure } from '../../../shared/domain/failure.ts'

const longestBytes = 64 * 1024

function cleaned(text: string): string {
  const secret = text.replace(/[\r\n]+$/, '')
  if (secret === '') throw new Failure('cli.no-secret', 'No secret came.', 'Pipe it in, e.g. `flint-console … --key-stdin < key.txt`.')
  return secret
}

/** All of stdin, without its last line break. */
export async function secretFromStdin(): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    const part = Buffer.from(chunk as Uint8Array)
    bytes += part.byteLength
    if (bytes > longestBytes) throw new Failure('cli.no-secret', 'What came on standard input is too long for a secret.')
    chunks.push(part)
  }
  return cleaned(Buffer.concat(chunks).toString('utf8'))
}

/** Asks on the terminal without echo; Ctrl-C ends. */
export function promptForSecret(question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stdin, stderr } = process
    let text = ''
    stderr.write(`${question}: `)
    stdin.setRawMode(true)
    stdin.setEncoding('utf8')
    const finish = (end: () => void): void => {
      stdin.off('data', receive)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      end()
    }
    const receive = (typed: string): void => {
      for (const character of typed) {
        if (character === '\r' || character === '\n') {
          finish(() => {
            try {
              resolve(cleaned(text))
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)))
            }
          })
          return
        }
        if (character === '\u0003' || character === '\u0004') {
          finish(() => reject(new Failure('cli.no-secret', 'Nothing was entered.')))
          return
        }
        if (character === '\u007f' || character === '\b') text = text.slice(0, -1)
        else text += character
      }
    }
    stdin.on('data', receive)
    stdin.resume()
  })
}
