// Text for a terminal: names from peers cannot move the cursor or turn the writing direction, and columns stand under each other.

/** Longer cells are cut in the middle; the last column has the rest of the line. */
const longestCell = 48
const longestLastCell = 400
const wide = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Control characters and marks that change the writing direction become visible. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, '\u00b7')
}

function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}

function widthOf(text: string): number {
  return graphemes(text).reduce((width, grapheme) => width + (wide.test(grapheme) ? 2 : 1), 0)
}

function cell(value: Cell, longest: number): string {
  if (value === null || value === '') return '-'
  const text = harmless(String(value))
  if (text.length <= longest) return text
  const parts = graphemes(text)
  if (parts.length <= longest) return text
  const half = Math.floor((longest - 1) / 2)
  return `${parts.slice(0, half).join('')}…${parts.slice(-half).join('')}`
}

export type Cell = string | number | null

/** Rows under their heads, numbers to the right. Without rows it says `empty`. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[], empty: string): string {
  if (rows.length === 0) return empty
  const texts = rows.map((row) =>
    heads.map((_, index) => cell(row[index] ?? null, index === heads.length - 1 ? longestLastCell : longestCell)),
  )
  const widths = heads.map((head, index) => Math.max(widthOf(head), ...texts.map((row) => widthOf(row[index] ?? ''))))
  const isNumber = heads.map((_, index) => rows.every((row) => typeof row[index] === 'number' || (row[index] ?? null) === null))
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - widthOf(text))
        return isNumber[index] ? padding + text : text + padding
      })
      .join('  ')
      .trimEnd()
  return [line(heads.map((head) => head.toUpperCase())), ...texts.map(line)].join('\n')
}

/** One thing, field by field. */
export function fields(pairs: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value === null || value === '' ? '-' : harmless(String(value))}`).join('\n')
}
