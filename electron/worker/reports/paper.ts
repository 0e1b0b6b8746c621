// Reports on paper: one self-contained page, laid out for A4 or Letter, with its period, the age of its data and its definitions.
import { cellWords, textOf, type ReportRow } from '../../../shared/domain/revenue/cells.ts'
import { reportColumns, reportTitles, type ReportColumn, type TableName } from '../../../shared/domain/revenue/columns.ts'
import { definitionOf, type DefinitionName } from '../../../shared/domain/revenue/definitions.ts'
import { barChart, escapeText } from './paperChart.ts'
import type { About, ReportTables } from './tables.ts'

export type Paper = 'a4' | 'letter'

export interface Document {
  readonly title: string
  readonly paper: Paper
  readonly parts: readonly ReportTables[]
  /** UTC ms. */
  readonly madeAt: number
}

/** Longer tables are cut on paper, and say so; CSV has all of it. */
const mostRows = 400

const css = (paper: Paper): string => `
@page { size: ${paper === 'a4' ? 'A4' : 'letter'} landscape; margin: 14mm 12mm 14mm; }
:root { color-scheme: light; }
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 270mm; padding: 4mm; background: #fff; color: #1c1d1f;
  font: 10px/1.4 'Inter Variable', Inter, 'Segoe UI', 'Noto Sans', system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { margin: 0 0 2px; font-size: 18px; }
h2 { margin: 14px 0 4px; font-size: 13px; break-after: avoid; }
h3 { margin: 12px 0 3px; font-size: 11px; break-after: avoid; }
p { margin: 0 0 3px; color: #45484d; }
table { width: 100%; border-collapse: collapse; break-inside: auto; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; font-weight: 600; color: #45484d; border-bottom: 1px solid #1c1d1f; padding: 2px 5px; }
td { border-bottom: 1px solid #d8d8d4; padding: 2px 5px; vertical-align: top; overflow-wrap: anywhere; }
.end { text-align: right; white-space: nowrap; }
tfoot { display: table-row-group; }
tfoot td { border-top: 1px solid #1c1d1f; border-bottom: 0; font-weight: 600; }
figure { margin: 4px 0 6px; break-inside: avoid; }
figcaption { color: #45484d; }
svg { width: 100%; height: auto; }
.bar { fill: #3557d6; }
.bar.lighter { fill: #a9b9f2; }
.axis { stroke: #1c1d1f; stroke-width: 1; }
.tick { font-size: 9px; fill: #45484d; }
dl { margin: 4px 0; columns: 2; column-gap: 8mm; }
dl div { break-inside: avoid; margin-bottom: 3px; }
dt { font-weight: 600; }
dd { margin: 0; color: #45484d; }
.left-out { margin: 6px 0 0; }
`

/** The page as HTML: no script, nothing loaded from anywhere. */
export function documentHtml({ title, paper, parts, madeAt }: Document): string {
  const [first] = parts
  const columns = parts.flatMap((part) => part.tables.flatMap((table) => reportColumns[table.name]))
  const body = parts.flatMap((part) => [
    ...part.tables.flatMap((table) => tableSections(table.name, table.rows, parts.length > 1)),
    ...part.notes.map((note) => `<p>${escapeText(note)}</p>`),
  ])
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeText(title)}</title>
<style>${css(paper)}</style>
</head>
<body>
<h1>${escapeText(title)}</h1>
${first === undefined ? '' : aboutLines(first.about, madeAt)}
${body.join('\n')}
${first === undefined ? '' : leftOutPart(first.about)}
${definitionsPart(columns)}
</body>
</html>
`
}

function instantText(instantMs: number, timeZone: string): string {
  return `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone }).format(instantMs)} (${timeZone})`
}

function aboutLines(about: About, madeAt: number): string {
  const lines = [
    about.from === about.to ? `Period: ${about.from}.` : `Period: ${about.from} to ${about.to}.`,
    about.asOf === null
      ? 'Billing has not been read completely yet.'
      : `Data of ${instantText(about.asOf, about.timeZone)}; made on ${instantText(madeAt, about.timeZone)}.`,
    about.recordedSince === null
      ? 'There is no daily record yet: everything is reconstructed from invoices.'
      : `Services are recorded daily since ${about.recordedSince}; what is older, and missing days, are reconstructed from paid invoices.`,
  ]
  if (about.rates !== null) {
    const rates = Object.entries(about.rates.rates).map(([currency, rate]) => `1 ${currency} = ${rate} ${about.rates?.base ?? ''}`)
    lines.push(`Amounts of other currencies are converted at rates entered by hand: ${rates.join(', ')}.`)
  }
  return lines.map((line) => `<p>${escapeText(line)}</p>`).join('\n')
}

/** A table for each currency: amounts of different currencies never stand in one column of sums. */
function tableSections(name: TableName, rows: readonly ReportRow[], titled: boolean): string[] {
  const currencies = [...new Set(rows.map((row) => textOf(row, 'currency')))]
  if (currencies.length === 0) return [`<h2>${escapeText(reportTitles[name])}</h2><p>There is nothing in this period.</p>`]
  return currencies.flatMap((currency) => {
    const own = rows.filter((row) => textOf(row, 'currency') === currency)
    const heading =
      titled || currencies.length > 1 || name === 'debtors' || name === 'credits' ? [`<h2>${escapeText(reportTitles[name])}, ${escapeText(currency)}</h2>`] : []
    return [...heading, chartOf(name, own, currency), tableHtml(name, own, currency)]
  })
}

function amount(row: ReportRow, key: string): number {
  const value = row[key]
  return typeof value === 'number' ? value : 0
}

function chartOf(name: TableName, rows: readonly ReportRow[], currency: string): string {
  const bars = (key: string, lighter: string) =>
    rows.map((row) => ({ label: textOf(row, 'period'), amountMinor: amount(row, key), lighterMinor: amount(row, lighter) }))
  if (name === 'mrr') return barChart('Closing MRR, the part at risk lighter', bars('closingMinor', 'atRiskMinor'), currency)
  return name === 'cash'
    ? barChart('Collected, the part whose period is uncertain lighter', bars('collectedMinor', 'uncertainMinor'), currency)
    : ''
}

function isEnd(column: ReportColumn): boolean {
  return column.kind !== 'text' && column.kind !== 'flag'
}

function tableHtml(name: TableName, rows: readonly ReportRow[], currency: string): string {
  const columns = reportColumns[name].filter((column) => column.key !== 'currency')
  const cells = (tag: 'td' | 'th', texts: readonly string[]): string =>
    columns.map((column, index) => `<${tag}${isEnd(column) ? ' class="end"' : ''}>${escapeText(texts[index] ?? '')}</${tag}>`).join('')
  const lines = rows.slice(0, mostRows).map(
    (row) =>
      `<tr>${cells(
        'td',
        columns.map((column) => cellWords(column, row)),
      )}</tr>`,
  )
  const totals = columns.map((column, index) => {
    if (column.total !== true) return index === 0 ? 'Total' : ''
    return cellWords(column, { currency, [column.key]: rows.reduce((sum, row) => sum + amount(row, column.key), 0) })
  })
  const foot = rows.length > 1 && columns.some((column) => column.total === true) ? `<tfoot><tr>${cells('td', totals)}</tr></tfoot>` : ''
  const more = rows.length > mostRows ? `<p>${rows.length - mostRows} more rows are in the CSV.</p>` : ''
  return `<table><thead><tr>${cells(
    'th',
    columns.map((column) => column.header),
  )}</tr></thead><tbody>${lines.join('')}</tbody>${foot}</table>${more}`
}

function leftOutPart(about: About): string {
  if (about.leftOut.length === 0) return ''
  const lines = about.leftOut.map(({ message, count, services, invoices }) => {
    const named = [...services.slice(0, 20).map((id) => `service ${id}`), ...invoices.slice(0, 20).map((id) => `invoice ${id}`)].join(', ')
    return `<p>${escapeText(`${count}: ${message} ${named}${count > services.length + invoices.length || count > 20 ? ' …' : ''}`)}</p>`
  })
  return `<section class="left-out"><h2>Left out, or taken in part</h2>${lines.join('')}</section>`
}

function definitionsPart(columns: readonly ReportColumn[]): string {
  const names = [...new Set(columns.flatMap((column): DefinitionName[] => (column.definition === undefined ? [] : [column.definition])))]
  const entries = names.map((name) => {
    const { title, formula, note } = definitionOf(name)
    return `<div><dt>${escapeText(title)}</dt><dd>${escapeText(formula)}${note === undefined ? '' : `. ${escapeText(note)}`}</dd></div>`
  })
  return `<h2>How this is computed</h2><dl>${entries.join('')}</dl>`
}
