// The shell inside of a simulated guest, on the serial line or on the screen: a line editor and the commands behind it.
import { runCommand } from './guest-commands.ts'
import type { GuestView } from './guest-view.ts'

const historyKept = 50

export class GuestShell {
  readonly #guest: GuestView
  readonly #terminal: string
  readonly #write: (text: string) => void
  #line: string[] = []
  #escape: string | null = null
  #history: string[] = []
  #historyAt = 0

  /** `terminal` is the name of the guest's device, like ttyS0. */
  constructor(guest: GuestView, terminal: string, write: (text: string) => void) {
    this.#guest = guest
    this.#terminal = terminal
    this.#write = write
  }

  /** Prints what a booting guest prints and logs root in. */
  boot(): void {
    const { name, vcpus, memoryKiB, osInfo } = this.#guest
    this.#line = []
    this.#escape = null
    const lines = [
      '[    0.000000] Linux version 6.8.0-45-generic (buildd@lcy02-amd64-075)',
      `[    0.012345] Memory: ${memoryKiB}K total, ${vcpus} CPU`,
      '[    0.812204] virtio_blk virtio1: [vda]',
      '[\u001b[32m  OK  \u001b[0m] Reached target \u001b[1mNetwork is Online\u001b[0m.',
      '[\u001b[32m  OK  \u001b[0m] Started \u001b[1mOpenBSD Secure Shell server\u001b[0m.',
      '',
      `${osInfo} ${name} ${this.#terminal}`,
      '',
      `${name} login: root (automatic login)`,
    ]
    this.#write(`${lines.join('\r\n')}\r\n`)
    this.#prompt()
  }

  /** Shows the prompt and the line being typed once more. */
  redrawPrompt(): void {
    this.#prompt()
    this.#write(this.#line.join(''))
  }

  /** Keys, as a terminal sends them. */
  type(text: string): void {
    for (const character of text) {
      if (this.#escape !== null) this.#continueEscape(character)
      else this.#key(character)
    }
  }

  #prompt(): void {
    this.#write(`root@${this.#guest.name}:~# `)
  }

  #key(character: string): void {
    switch (character) {
      case '\r':
      case '\n':
        this.#enter()
        break
      case '\u007f':
      case '\b':
        if (this.#line.pop() !== undefined) this.#write('\b \b')
        break
      case '\u0003':
        this.#line = []
        this.#write('^C\r\n')
        this.#prompt()
        break
      case '\u0015':
        this.#replaceLine('')
        break
      case '\u000c':
        this.#write('\u001b[2J\u001b[H')
        this.redrawPrompt()
        break
      case '\u001b':
        this.#escape = ''
        break
      default:
        if (character >= ' ') {
          this.#line.push(character)
          this.#write(character)
        }
    }
  }

  #enter(): void {
    const line = this.#line.join('')
    this.#line = []
    this.#write('\r\n')
    if (line.trim() !== '') this.#history = [...this.#history, line].slice(-historyKept)
    this.#historyAt = this.#history.length
    const outcome = runCommand(this.#guest, line, this.#history)
    if (outcome.output !== '') this.#write(outcome.output.replaceAll('\n', '\r\n'))
    // After these two the boot, or silence, speaks next.
    if (outcome.next === 'power-off') this.#guest.powerOff()
    else if (outcome.next === 'reboot') this.#guest.reboot()
    else this.#prompt()
  }

  #continueEscape(character: string): void {
    const sequence = `${this.#escape ?? ''}${character}`
    if (sequence === '[' || sequence === 'O' || (sequence.length < 8 && !/[A-Za-z~]$/.test(sequence))) {
      this.#escape = sequence
      return
    }
    this.#escape = null
    if (sequence === '[A') this.#recall(-1)
    else if (sequence === '[B') this.#recall(1)
  }

  #recall(step: number): void {
    this.#historyAt = Math.min(Math.max(this.#historyAt + step, 0), this.#history.length)
    this.#replaceLine(this.#history[this.#historyAt] ?? '')
  }

  #replaceLine(text: string): void {
    this.#write('\b \b'.repeat(this.#line.length))
    this.#line = Array.from(text)
    this.#write(text)
  }
}
