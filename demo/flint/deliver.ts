// Puts an answer on the wire, in the way that the faults of the moment want it.
import type { ServerResponse } from 'node:http'
import type { Answer, Reply } from './answers.ts'
import type { FlintFaults } from './faults.ts'
import type { Timers } from './timers.ts'

export interface Delivery {
  response: ServerResponse
  faults: FlintFaults
  /** The node's own idea of the time, UTC milliseconds. */
  nowMs: number
  timers: Timers
}

const hugeChunk = 'a'.repeat(65_536)

/** Go writes the Date header; it must follow the simulated clock, so Node's own is off. */
function writeHead({ response, nowMs }: Delivery, answer: Answer, lengthBytes: number): void {
  response.sendDate = false
  response.statusCode = answer.status
  response.setHeader('Date', new Date(nowMs).toUTCString())
  if (answer.contentType !== null) response.setHeader('Content-Type', answer.contentType)
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  if (answer.status !== 204) response.setHeader('Content-Length', lengthBytes)
}

function drip(delivery: Delivery, body: Buffer): void {
  const { response, faults, timers } = delivery
  const stepMs = Math.max(50, Math.ceil(1000 / faults.dripBytesPerSecond))
  const stepBytes = Math.max(1, Math.round((faults.dripBytesPerSecond * stepMs) / 1000))
  let sent = 0
  const end = timers.every(stepMs, () => {
    if (response.destroyed || sent >= body.length) {
      end()
      response.end()
      return
    }
    response.write(body.subarray(sent, sent + stepBytes))
    sent += stepBytes
  })
  response.flushHeaders()
}

/** A JSON list with one string that does not end for a long time; the connection's own pace is kept, so it costs no memory. */
function pour({ response, faults }: Delivery): void {
  let left = faults.hugeBodyBytes
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= hugeChunk.length
      if (!response.write(hugeChunk)) {
        response.once('drain', more)
        return
      }
    }
    response.end('"}]\n')
  }
  response.write('[{"name":"')
  more()
}

/** Sends the reply, or closes the connection. Returns the status that went out, 0 for none. */
export function deliver(delivery: Delivery, reply: Reply): number {
  const { response, faults } = delivery
  if (response.destroyed) return 0
  if (reply === 'drop') {
    response.destroy()
    return 0
  }
  if (faults.hugeBodyBytes > 0) {
    writeHead(delivery, reply, 0)
    response.removeHeader('Content-Length')
    pour(delivery)
    return reply.status
  }
  const whole = Buffer.from(reply.body)
  const half = whole.subarray(0, Math.floor(whole.length / 2))
  const body = faults.truncateBody ? half : whole
  writeHead(delivery, reply, body.length)
  if (faults.closeMidBody && body.length > 0) {
    response.write(half, () => response.destroy())
  } else if (faults.dripBytesPerSecond > 0 && body.length > 0) {
    drip(delivery, body)
  } else {
    response.end(body.length > 0 ? body : undefined)
  }
  return reply.status
}
