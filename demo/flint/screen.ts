// The picture of a VM's text screen: cells of characters and colours, a title, a moving status line, and a version per cell.
import { glyphOf } from './font.ts'

export const columns = 80
export const rows = 25
export const cellWidth = 8
export const cellHeight = 16
export const screenWidth = columns * cellWidth
export const screenHeight = rows * cellHeight

/** The sixteen colours of a text console, as red, green, blue. */
export const palette: readonly (readonly [number, number, number])[] = [
  [0, 0, 0], [170, 0, 0], [0, 170, 0], [170, 85, 0], [0, 0, 170], [170, 0, 170], [0, 170, 170], [170, 170, 170],
  [85, 85, 85], [255, 85, 85], [85, 255, 85], [255, 255, 85], [85, 85, 255], [255, 85, 255], [85, 255, 255], [255, 255, 255],
]

const firstTextRow = 1
const lastTextRow = rows - 2

/** A run of cells in one row. */
export interface CellRun {
  row: number
  column: number
  length: number
}

export class TextScreen {
  readonly #codes = new Uint8Array(columns * rows).fill(32)
  readonly #foreground = new Uint8Array(columns * rows).fill(7)
  readonly #background = new Uint8Array(columns * rows)
  readonly #versions = new Uint32Array(columns * rows).fill(1)
  #version = 1
  #row = firstTextRow
  #column = 0
  #ink = 7
  #bold = false
  #escape: string | null = null

  /** Grows with every change; a viewer remembers the one that it has seen. */
  get version(): number {
    return this.#version
  }

  /** Terminal output: text, CR, LF, backspace, colours and clear-screen. */
  write(text: string): void {
    for (const character of text.normalize('NFD')) {
      if (this.#escape !== null) this.#continueEscape(character)
      else this.#writeCharacter(character)
    }
  }

  clear(): void {
    for (let row = firstTextRow; row <= lastTextRow; row += 1) this.#blankRow(row)
    this.#row = firstTextRow
    this.#column = 0
  }

  /** Redraws what moves: title with the time, status line with the bar and the pointer. */
  drawFrame(title: string, clock: string, barShare: number, status: string): void {
    this.#drawLine(0, ` ${title}`.padEnd(columns - clock.length - 1).slice(0, columns - clock.length - 1) + `${clock} `, 15, 4)
    const width = 30
    const at = Math.round(barShare * (width - 6))
    const bar = `[${' '.repeat(at)}======${' '.repeat(width - 6 - at)}]`
    this.#drawLine(rows - 1, ` ${bar} ${status}`.padEnd(columns).slice(0, columns), 0, 7)
  }

  /** Runs of cells inside the given pixels that are newer than `sinceVersion`. */
  changedRuns(area: { x: number; y: number; width: number; height: number }, sinceVersion: number): CellRun[] {
    const runs: CellRun[] = []
    const lastRow = Math.min(Math.ceil((area.y + area.height) / cellHeight), rows)
    const firstColumn = Math.floor(area.x / cellWidth)
    const lastColumn = Math.min(Math.ceil((area.x + area.width) / cellWidth), columns)
    for (let row = Math.floor(area.y / cellHeight); row < lastRow; row += 1) {
      let run: CellRun | null = null
      for (let column = firstColumn; column < lastColumn; column += 1) {
        if ((this.#versions[row * columns + column] ?? 0) <= sinceVersion) run = null
        else if (run === null) runs.push((run = { row, column, length: 1 }))
        else run.length += 1
      }
    }
    return runs
  }

  /** Calls `plot` for every pixel of the run, line by line, with an index into the palette. */
  plotRun(run: CellRun, plot: (colour: number) => void): void {
    for (let line = 0; line < cellHeight; line += 1) {
      for (let column = run.column; column < run.column + run.length; column += 1) {
        const cell = run.row * columns + column
        const dots = line >= 1 && line < 15 ? (glyphOf(this.#codes[cell] ?? 32)[(line - 1) >> 1] ?? 0) : 0
        for (let dot = 0; dot < cellWidth; dot += 1) {
          const isInk = dot >= 1 && dot <= 5 && ((dots >> (5 - dot)) & 1) === 1
          plot((isInk ? this.#foreground[cell] : this.#background[cell]) ?? 0)
        }
      }
    }
  }

  #writeCharacter(character: string): void {
    const code = character.codePointAt(0) ?? 32
    if (character === '\u001b') this.#escape = ''
    else if (character === '\r') this.#column = 0
    else if (character === '\n') this.#lineFeed()
    else if (character === '\b') this.#column = Math.max(this.#column - 1, 0)
    else if (code >= 32 && !/\p{Mark}/u.test(character)) this.#put(code < 127 ? code : 127)
  }

  #put(code: number): void {
    if (this.#column >= columns) {
      this.#column = 0
      this.#lineFeed()
    }
    this.#set(this.#row, this.#column, code, this.#bold ? this.#ink | 8 : this.#ink, 0)
    this.#column += 1
  }

  #lineFeed(): void {
    if (this.#row < lastTextRow) {
      this.#row += 1
      return
    }
    for (let row = firstTextRow; row < lastTextRow; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const below = (row + 1) * columns + column
        this.#set(row, column, this.#codes[below] ?? 32, this.#foreground[below] ?? 7, this.#background[below] ?? 0)
      }
    }
    this.#blankRow(lastTextRow)
  }

  #blankRow(row: number): void {
    for (let column = 0; column < columns; column += 1) this.#set(row, column, 32, 7, 0)
  }

  #drawLine(row: number, text: string, foreground: number, background: number): void {
    for (let column = 0; column < columns; column += 1) {
      const code = text.charCodeAt(column)
      this.#set(row, column, code >= 32 && code < 127 ? code : 127, foreground, background)
    }
  }

  #set(row: number, column: number, code: number, foreground: number, background: number): void {
    const cell = row * columns + column
    if (this.#codes[cell] === code && this.#foreground[cell] === foreground && this.#background[cell] === background) return
    this.#codes[cell] = code
    this.#foreground[cell] = foreground
    this.#background[cell] = background
    this.#version += 1
    this.#versions[cell] = this.#version
  }

  #continueEscape(character: string): void {
    const sequence = `${this.#escape ?? ''}${character}`
    if (sequence === '[' || (sequence.length < 20 && !/[A-Za-z]$/.test(sequence))) {
      this.#escape = sequence
      return
    }
    this.#escape = null
    if (sequence.endsWith('m')) this.#colour(sequence.slice(1, -1))
    else if (sequence === '[2J') this.clear()
  }

  #colour(parameters: string): void {
    for (const code of parameters.split(';').map(Number)) {
      if (code === 0) {
        this.#ink = 7
        this.#bold = false
      } else if (code === 1) this.#bold = true
      else if (code >= 30 && code <= 37) this.#ink = code - 30
      else if (code >= 90 && code <= 97) this.#ink = code - 82
    }
  }
}
