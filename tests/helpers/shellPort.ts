// A real shell on a terminal of its own, behind a port of the loopback, as QEMU offers a guest's serial line.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

export interface ShellPort {
  readonly port: number
  stop(): Promise<void>
}

/** Each connection gets a shell with the prompt `real$ `; it ends with the connection. */
export async function startShellPort(): Promise<ShellPort> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const shell = spawn('script', ['--quiet', '--flush', '--command', 'stty cols 80 rows 24; exec sh', '/dev/null'], {
      env: { PATH: process.env['PATH'], HOME: '/tmp', TERM: 'xterm', LANG: 'C.UTF-8', PS1: 'real$ ' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    socket.pipe(shell.stdin)
    shell.stdout.pipe(socket)
    shell.stdin.on('error', () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      shell.kill('SIGKILL')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
