// Both consoles of one VM: the screen behind VNC with its viewers, and the serial line with its clients.
import type { WebSocket } from 'ws'
import { bridgeToPort } from './bridge.ts'
import { GuestShell } from './guest-shell.ts'
import type { GuestView } from './guest-view.ts'
import { keyText } from './keys.ts'
import { RfbSession } from './rfb.ts'
import { TextScreen } from './screen.ts'
import { SerialLine } from './serial-line.ts'
import type { SimulatedClock } from './types.ts'
import type { SimulatedVm } from './vm.ts'

/** Flint reads QEMU's socket in pieces of this size, and each becomes a frame. */
const frameBytes = 8192
/** A viewer that does not read is not drawn for. */
const congestedBytes = 8_388_608
const barPeriodMs = 4000

export class VmConsole {
  readonly #vm: SimulatedVm
  readonly #clock: SimulatedClock
  readonly #nodeName: string
  readonly #guest: GuestView
  readonly #serial: SerialLine
  readonly #viewers = new Map<WebSocket, RfbSession>()
  readonly #screen = new TextScreen()
  readonly #serialClients = new Set<WebSocket>()
  /** Viewers of a real VNC server. */
  readonly #bridged = new Set<WebSocket>()
  #screenShell: GuestShell
  #pointer = ''

  constructor(vm: SimulatedVm, clock: SimulatedClock, nodeName: string) {
    this.#vm = vm
    this.#clock = clock
    this.#nodeName = nodeName
    this.#guest = {
      name: vm.name,
      vcpus: vm.vcpus,
      memoryKiB: vm.memoryKiB,
      diskGiB: vm.diskGiB,
      ipAddresses: vm.ipAddresses ?? [],
      osInfo: vm.osInfo ?? 'Ubuntu 24.04.1 LTS',
      now: () => clock.now(),
      bootedAt: () => vm.bootedAt,
      cpuPercent: () => vm.cpuPercent(),
      powerOff: () => vm.guestPowerOff(),
      reboot: () => vm.guestReboot(),
    }
    this.#serial = new SerialLine(this.#guest)
    this.#screenShell = this.#newScreenShell()
    vm.onPower((change) => (change === 'boot' ? this.#boot() : this.#off()))
    if (vm.state !== 'Shutoff') this.#boot()
  }

  get isWatched(): boolean {
    return this.#viewers.size > 0 || this.#serialClients.size > 0
  }

  attachViewer(socket: WebSocket): void {
    if (this.#vm.vncPort !== null) {
      this.#bridged.add(socket)
      socket.on('close', () => this.#bridged.delete(socket))
      bridgeToPort(socket, this.#vm.vncPort, 'vnc')
      return
    }
    const controls = new Set<number>()
    this.#draw()
    const session = new RfbSession(this.#screen, `QEMU (${this.#vm.name})`, {
      send: (bytes) => {
        for (let at = 0; at < bytes.length; at += frameBytes) socket.send(bytes.subarray(at, at + frameBytes))
      },
      close: () => socket.terminate(),
      key: (keysym, isDown) => this.#key(keysym, isDown, controls),
      pointer: (x, y, buttons) => {
        this.#pointer = `${x},${y}${buttons === 0 ? '' : ` buttons ${buttons}`}`
      },
      clipboard: () => {},
    })
    this.#viewers.set(socket, session)
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      // Only binary frames are forwarded.
      if (isBinary) session.receive(data)
    })
    socket.on('close', () => this.#viewers.delete(socket))
  }

  attachSerial(socket: WebSocket): void {
    this.#serialClients.add(socket)
    socket.on('close', () => this.#serialClients.delete(socket))
    if (this.#vm.serialPort !== null) {
      socket.send('Serial console connected\r\n')
      bridgeToPort(socket, this.#vm.serialPort, 'serial')
      return
    }
    this.#serial.attach(socket, () => this.#vm.state === 'Running')
  }

  /** Moves the picture on and sends it to those who wait. A paused guest stands still. */
  tick(): void {
    if (this.#vm.state !== 'Running') return
    this.#serial.deliverHeldInput()
    this.#draw()
    for (const [socket, session] of this.#viewers) {
      if (socket.bufferedAmount < congestedBytes) session.tick()
    }
  }

  closeAll(): void {
    for (const socket of [...this.#viewers.keys(), ...this.#serialClients, ...this.#bridged]) socket.terminate()
  }

  #newScreenShell(): GuestShell {
    return new GuestShell(this.#guest, 'tty1', (text) => this.#screen.write(text))
  }

  #boot(): void {
    this.#screen.clear()
    this.#screenShell = this.#newScreenShell()
    this.#screenShell.boot()
    this.#serial.boot(this.#vm.domainId)
  }

  /** QEMU ends: VNC connections close without a word. */
  #off(): void {
    for (const socket of [...this.#viewers.keys(), ...this.#bridged]) socket.terminate()
    this.#viewers.clear()
    this.#serial.cut()
  }

  #draw(): void {
    const now = this.#clock.now()
    const phase = (now % barPeriodMs) / barPeriodMs
    const share = phase < 0.5 ? phase * 2 : 2 - phase * 2
    const time = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    const pointer = this.#pointer === '' ? '' : `  pointer ${this.#pointer}`
    this.#screen.drawFrame(`${this.#nodeName} / ${this.#vm.name}`, time, share, `cpu ${this.#vm.cpuPercent()}%${pointer}`)
  }

  #key(keysym: number, isDown: boolean, controls: Set<number>): void {
    if (this.#vm.state !== 'Running') return
    const key = keyText(keysym, isDown, controls)
    if (key === 'ctrl-alt-del') this.#vm.guestReboot()
    else if (key !== '') this.#screenShell.type(key)
  }
}
