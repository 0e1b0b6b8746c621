// Charts on paper: bars as SVG, black on white, with a line of exact values left to the table beneath.
import { moneyWords } from '../../../shared/domain/revenue/cells.ts'

export interface Bar {
  readonly label: string
  readonly amountMinor: number
  /** The part of it that is drawn lighter, e.g. what is at risk or uncertain. */
  readonly lighterMinor: number
}

const widthPx = 720
const heightPx = 170
const footPx = 18
const axisPx = 6

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function rect(className: string, x: number, y: number, width: number, height: number): string {
  const [left, top, wide, high] = [x, y, width, Math.max(0, height)].map((length) => length.toFixed(1))
  return `<rect class="${className}" x="${left}" y="${top}" width="${wide}" height="${high}"/>`
}

/** Bars from a common base line; nothing when there is nothing to draw. */
export function barChart(title: string, bars: readonly Bar[], currency: string): string {
  const highest = Math.max(0, ...bars.map((bar) => bar.amountMinor))
  const lowest = Math.min(0, ...bars.map((bar) => bar.amountMinor))
  if (bars.length < 2 || highest === lowest) return ''
  const room = heightPx - footPx - axisPx
  const y = (amountMinor: number): number => axisPx + ((highest - amountMinor) / (highest - lowest)) * room
  const step = widthPx / bars.length
  const each = Math.max(1, Math.ceil(bars.length / 14))
  const drawn = bars.map((bar, index) => {
    const x = index * step + step * 0.15
    const width = step * 0.7
    const top = y(Math.max(0, bar.amountMinor))
    const whole = rect('bar', x, top, width, y(Math.min(0, bar.amountMinor)) - top)
    const lighter = bar.lighterMinor > 0 ? rect('bar lighter', x, top, width, y(bar.amountMinor - bar.lighterMinor) - top) : ''
    const label =
      index % each === 0
        ? `<text class="tick" x="${(x + width / 2).toFixed(1)}" y="${heightPx - 5}" text-anchor="middle">${escapeText(bar.label)}</text>`
        : ''
    return whole + lighter + label
  })
  const base = y(0).toFixed(1)
  return `<figure><figcaption>${escapeText(title)}, up to ${escapeText(moneyWords(highest, currency))}</figcaption>
<svg viewBox="0 0 ${widthPx} ${heightPx}" width="${widthPx}" height="${heightPx}" role="img" aria-label="${escapeText(title)}">
${drawn.join('\n')}
<line class="axis" x1="0" y1="${base}" x2="${widthPx}" y2="${base}"/>
</svg></figure>`
}
