// Points packed into few bytes: column by column, each value as its difference to the one before, in as many bytes as it needs.
import type { Point, Spread } from './points.ts'

/** How finely each metric is kept: its values are multiplied by this and rounded. */
export type Scales = readonly number[]

class Writer {
  readonly #bytes: number[] = []

  /** A whole number from 0 up. */
  count(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.#bytes.push(rest)
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

class Reader {
  readonly #bytes: Uint8Array
  #next = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  count(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes[this.#next] ?? 0
      this.#next += 1
      value += (byte % 128) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/** A column whose numbers are all 0 is one byte; else each number follows. */
function writeColumn(writer: Writer, column: readonly number[]): void {
  const isEmpty = column.every((value) => value === 0)
  writer.count(isEmpty ? 0 : 1)
  if (!isEmpty) for (const value of column) writer.count(value)
}

function readColumn(reader: Reader, length: number): number[] {
  const isEmpty = reader.count() === 0
  return Array.from({ length }, () => (isEmpty ? 0 : reader.count()))
}

/**
 * @param points in order of time, each at a multiple of `stepMs` from `startMs`
 * @param scales one for each metric
 */
export function packPoints(points: readonly Point[], startMs: number, stepMs: number, scales: Scales): Uint8Array {
  const writer = new Writer()
  writer.count(points.length)
  let previous = -1
  for (const point of points) {
    const index = Math.round((point.at - startMs) / stepMs)
    writer.count(index - previous - 1)
    previous = index
  }
  const wholeMinutes = Math.round(stepMs / 60_000)
  writeColumn(
    writer,
    points.map((point) => Math.max(0, wholeMinutes - point.minutes)),
  )
  for (const [metric, scale] of scales.entries()) {
    const spreads = points.map((point) => point.values[metric] ?? null)
    let last = 0
    const averages = spreads.map((spread) => {
      if (spread === null) return 0
      const value = Math.round(spread.avg * scale)
      const step = zigzag(value - last) + 1
      last = value
      return step
    })
    writeColumn(writer, averages)
    writeColumn(
      writer,
      spreads.map((spread) => below(spread, scale)),
    )
    writeColumn(
      writer,
      spreads.map((spread) => above(spread, scale)),
    )
  }
  return writer.bytes()
}

function below(spread: Spread | null, scale: number): number {
  return spread === null ? 0 : Math.max(0, Math.round(spread.avg * scale) - Math.round(spread.min * scale))
}

function above(spread: Spread | null, scale: number): number {
  return spread === null ? 0 : Math.max(0, Math.round(spread.max * scale) - Math.round(spread.avg * scale))
}

export function unpackPoints(bytes: Uint8Array, startMs: number, stepMs: number, scales: Scales): Point[] {
  const reader = new Reader(bytes)
  const length = reader.count()
  const times: number[] = []
  let previous = -1
  for (let index = 0; index < length; index += 1) {
    previous += reader.count() + 1
    times.push(startMs + previous * stepMs)
  }
  const wholeMinutes = Math.round(stepMs / 60_000)
  const missing = readColumn(reader, length)
  const columns = scales.map((scale) => readSpreads(reader, length, scale))
  return times.map((at, index) => ({
    at,
    minutes: wholeMinutes - (missing[index] ?? 0),
    values: columns.map((column) => column[index] ?? null),
  }))
}

function readSpreads(reader: Reader, length: number, scale: number): (Spread | null)[] {
  const averages = readColumn(reader, length)
  const lower = readColumn(reader, length)
  const higher = readColumn(reader, length)
  let last = 0
  return averages.map((step, index) => {
    if (step === 0) return null
    last += unzigzag(step - 1)
    return { min: (last - (lower[index] ?? 0)) / scale, avg: last / scale, max: (last + (higher[index] ?? 0)) / scale }
  })
}
