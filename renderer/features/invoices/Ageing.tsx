// What is unpaid, by how late it is: a bar to read and to filter by.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Day } from '../../../shared/domain/calendar.ts'
import { formatSums } from '../../lib/formatMoney.ts'
import { count } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'

type Age = MethodOutput<'invoices.ageing'>['ages'][number]['age']

const ages: readonly { readonly age: Age; readonly words: string }[] = [
  { age: 'current', words: 'Not due yet' },
  { age: '1-7', words: '1 to 7 days late' },
  { age: '8-30', words: '8 to 30 days' },
  { age: '31-60', words: '31 to 60 days' },
  { age: 'over-60', words: 'Over 60 days' },
  { age: 'undated', words: 'Without a day' },
]

export function Ageing({ today, filter, onFilter }: { readonly today: Day; readonly filter: string; readonly onFilter: (filter: string) => void }) {
  const read = useRead('invoices.ageing', { today })
  const found = read.data?.ages ?? []
  if (found.length === 0) return null
  return (
    <div className="ageing" role="group" aria-label="Unpaid invoices by age">
      {ages.flatMap(({ age, words }) => {
        const entry = found.find((one) => one.age === age)
        if (entry === undefined && age === 'undated') return []
        const own = `age:${age}`
        const chosen = filter.trim() === own
        return (
          <button
            key={age}
            type="button"
            aria-pressed={chosen}
            className={age === 'current' || entry === undefined ? 'ageing-part' : `ageing-part ${age === '1-7' ? 'warn' : 'bad'}`}
            onClick={() => {
              onFilter(chosen ? '' : own)
            }}
          >
            <span className="ageing-words">{words}</span>
            <span className="ageing-sum">{formatSums(entry?.sums ?? [], '–')}</span>
            <span className="ageing-count">{count(entry?.count ?? 0, 'invoice')}</span>
          </button>
        )
      })}
    </div>
  )
}
