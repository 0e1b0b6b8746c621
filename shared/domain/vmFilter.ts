// The fleet's filter as text: `node:blr-1 state:running customer:acme mem:>4g -tag:old "two words"`; every term must fit.

/** What a filter can look at; any row with these fields can be filtered. */
export interface FilterableVm {
  readonly name: string
  readonly uuid: string
  readonly nodeName: string
  /** As it is shown: `running`, `off`, `suspended` … and libvirt's own word. */
  readonly states: readonly string[]
  readonly customerName: string | null
  readonly productName: string | null
  readonly serviceId: number | null
  readonly serviceStatus: string | null
  readonly hold: string | null
  readonly addresses: readonly string[]
  readonly tags: readonly string[]
  readonly note: string
  readonly isProtected: boolean
  readonly isSuspended: boolean
  readonly memoryKiB: number
  readonly vcpus: number
  readonly cpuPercent: number | null
}

export type Comparison = '>' | '>=' | '<' | '<=' | '='

export type VmTerm =
  | { readonly kind: 'word'; readonly value: string; readonly negated: boolean }
  | { readonly kind: 'text'; readonly key: TextKey; readonly values: readonly string[]; readonly exact: boolean; readonly negated: boolean }
  | {
      readonly kind: 'number'
      readonly key: NumberKey
      readonly comparison: Comparison
      readonly amount: number
      readonly negated: boolean
    }
  | { readonly kind: 'is'; readonly mark: Mark; readonly negated: boolean }

export interface ParsedVmFilter {
  readonly terms: readonly VmTerm[]
  /** What could not be read, in the operator's words; such a term fits nothing. */
  readonly problems: readonly string[]
}

const marksPattern = /\p{M}/gu
const plainText = /^[\x20-\x7e]*$/

/** Lower case without accents, so that `zoe` finds Zoë. */
function foldText(text: string): string {
  return plainText.test(text) ? text.toLowerCase() : text.normalize('NFD').replace(marksPattern, '').toLowerCase()
}

const textKeys = {
  node: (vm: FilterableVm) => [vm.nodeName],
  name: (vm: FilterableVm) => [vm.name],
  uuid: (vm: FilterableVm) => [vm.uuid],
  state: (vm: FilterableVm) => vm.states,
  customer: (vm: FilterableVm) => [vm.customerName],
  plan: (vm: FilterableVm) => [vm.productName],
  service: (vm: FilterableVm) => [vm.serviceId === null ? null : String(vm.serviceId)],
  status: (vm: FilterableVm) => [vm.serviceStatus],
  hold: (vm: FilterableVm) => [vm.hold],
  ip: (vm: FilterableVm) => (vm.addresses.length === 0 ? [null] : vm.addresses),
  tag: (vm: FilterableVm) => (vm.tags.length === 0 ? [null] : vm.tags),
  note: (vm: FilterableVm) => [vm.note === '' ? null : vm.note],
} as const satisfies Record<string, (vm: FilterableVm) => readonly (string | null)[]>
type TextKey = keyof typeof textKeys

const numberKeys = {
  mem: (vm: FilterableVm) => vm.memoryKiB,
  vcpu: (vm: FilterableVm) => vm.vcpus,
  cpu: (vm: FilterableVm) => vm.cpuPercent,
} as const satisfies Record<string, (vm: FilterableVm) => number | null>
type NumberKey = keyof typeof numberKeys

const marks = {
  protected: (vm: FilterableVm) => vm.isProtected,
  suspended: (vm: FilterableVm) => vm.isSuspended,
  linked: (vm: FilterableVm) => vm.serviceId !== null,
  held: (vm: FilterableVm) => vm.hold !== null,
} as const satisfies Record<string, (vm: FilterableVm) => boolean>
type Mark = keyof typeof marks

const otherNames: Readonly<Record<string, string>> = {
  memory: 'mem',
  vcpus: 'vcpu',
  product: 'plan',
  tags: 'tag',
  address: 'ip',
  load: 'cpu',
}

/** The keys that a filter knows, for hints. */
export const vmFilterKeys: readonly string[] = [...Object.keys(textKeys), ...Object.keys(numberKeys), 'is']

function isOneOf<T extends object>(of: T, key: string): key is keyof T & string {
  return Object.hasOwn(of, key)
}

const kibibytesOf: Readonly<Record<string, number>> = { k: 1, m: 1_024, g: 1_048_576, t: 1_073_741_824 }

/** Sizes in KiB (`4g`, `512m`, `1.5GB`; without a unit MB), shares in percent; null for what is no amount. */
function amountOf(key: NumberKey, text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(?:([kmgt])(?:i?b)?|(%))?$/.exec(text)
  if (!match) return null
  const [, digits = '', unit, percent] = match
  const amount = Number(digits)
  if (key === 'mem') return percent === undefined ? amount * (kibibytesOf[unit ?? 'm'] ?? 1) : null
  return unit === undefined ? amount : null
}

function numberTerm(key: NumberKey, value: string, negated: boolean): VmTerm | null {
  const match = /^(>=|<=|>|<|=)?(.*)$/.exec(value)
  const amount = amountOf(key, match?.[2] ?? '')
  return amount === null ? null : { kind: 'number', key, comparison: (match?.[1] ?? '=') as Comparison, amount, negated }
}

/** Reads a filter; never throws. An unfinished `state:` filters nothing; an unknown key is a word like any other (`10:20`). */
export function parseVmFilter(text: string): ParsedVmFilter {
  const terms: VmTerm[] = []
  const problems: string[] = []
  for (const [whole, minus = '', rawKey, quoted, plain = ''] of text.matchAll(/(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"?|([^\s"]\S*))?/g)) {
    if (whole === '') continue
    const lower = rawKey?.toLowerCase()
    const key = lower === undefined ? null : (otherNames[lower] ?? lower)
    const raw = quoted ?? plain
    const negated = minus === '-'
    if (key !== null && isOneOf(numberKeys, key)) {
      const term = raw === '' || /^(?:>=|<=|>|<|=)$/.test(raw) ? undefined : numberTerm(key, foldText(raw), negated)
      if (term) terms.push(term)
      else if (term === null)
        problems.push(`“${whole.trim()}” is no ${key === 'mem' ? 'size (like mem:>4g)' : 'number (like ' + key + ':>2)'}`)
    } else if (key !== null && isOneOf(textKeys, key)) {
      const isEqual = quoted === undefined && raw.startsWith('=')
      // A tag is a whole word: `tag:old` is not `gold`.
      const exact = isEqual || key === 'tag'
      const values = (quoted === undefined ? raw.slice(isEqual ? 1 : 0).split(',') : [raw]).map(foldText).filter((value) => value !== '')
      if (values.length > 0) terms.push({ kind: 'text', key, values, exact, negated })
    } else if (key === 'is') {
      const mark = foldText(raw)
      if (isOneOf(marks, mark)) terms.push({ kind: 'is', mark, negated })
      else if (mark !== '') problems.push(`“${whole.trim()}”: it can be ${Object.keys(marks).join(', ')}`)
    } else {
      const value = foldText(rawKey === undefined ? raw : `${rawKey}:${raw}`)
      if (value !== '' && value !== '-') terms.push({ kind: 'word', value, negated })
    }
  }
  return { terms, problems }
}

/** Stands between a row's texts and at both ends, so that a whole one can be looked for; no text that is looked for holds it. */
const between = '\n'

function wordsOf(vm: FilterableVm): string[] {
  return [vm.name, vm.nodeName, vm.uuid, vm.customerName, vm.productName, vm.note, ...vm.addresses, ...vm.tags].filter(
    (part) => part !== null,
  )
}

function compares(actual: number | null, comparison: Comparison, amount: number): boolean {
  if (actual === null) return false
  switch (comparison) {
    case '>':
      return actual > amount
    case '>=':
      return actual >= amount
    case '<':
      return actual < amount
    case '<=':
      return actual <= amount
    case '=':
      return actual === amount
  }
}

/** What a term asks of the row at an index. */
type RowTest = (at: number) => boolean

/**
 * Rows by column: the folded texts of a key are made for all rows when it is first asked for, and kept, so that typing stays quick with 10,000
 * rows.
 */
export class VmTable {
  readonly #rows: readonly FilterableVm[]
  readonly #columns = new Map<TextKey | 'words', readonly string[]>()

  constructor(rows: readonly FilterableVm[]) {
    this.#rows = rows
  }

  /** The indexes of the rows that fit every term, in order; a filter with a problem fits nothing. */
  select({ terms, problems }: ParsedVmFilter): number[] {
    if (problems.length > 0) return []
    // Words look through everything: the fewer rows are left for them, the better.
    const ordered = [...terms].sort((a, b) => Number(a.kind === 'word') - Number(b.kind === 'word'))
    let left: number[] = []
    for (let at = 0; at < this.#rows.length; at += 1) left.push(at)
    for (const term of ordered) {
      const fits = this.#testOf(term)
      left = left.filter((at) => fits(at) !== term.negated)
    }
    return left
  }

  #testOf(term: VmTerm): RowTest {
    const rows = this.#rows
    switch (term.kind) {
      case 'word':
        return contains(this.#column('words'), [term.value])
      case 'text':
        return contains(this.#column(term.key), term.exact ? term.values.map((value) => between + value + between) : term.values)
      case 'number': {
        const { comparison, amount } = term
        const read = numberKeys[term.key]
        return (at) => ofRow(rows, at, (vm) => compares(read(vm), comparison, amount))
      }
      case 'is': {
        const read = marks[term.mark]
        return (at) => ofRow(rows, at, read)
      }
    }
  }

  #column(key: TextKey | 'words'): readonly string[] {
    const known = this.#columns.get(key)
    if (known !== undefined) return known
    const made = this.#rows.map((vm) => {
      const texts = key === 'words' ? wordsOf(vm) : textKeys[key](vm).map((text) => text ?? 'none')
      return between + texts.map((text) => foldText(text).replaceAll(between, ' ')).join(between) + between
    })
    this.#columns.set(key, made)
    return made
  }
}

function ofRow(rows: readonly FilterableVm[], at: number, read: (vm: FilterableVm) => boolean): boolean {
  const vm = rows[at]
  return vm !== undefined && read(vm)
}

function contains(column: readonly string[], values: readonly string[]): RowTest {
  const [only] = values
  if (values.length === 1 && only !== undefined) return (at) => column[at]?.includes(only) === true
  return (at) => values.some((value) => column[at]?.includes(value) === true)
}
