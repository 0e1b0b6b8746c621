// Amounts of money, formatted for their currency; a dash where there is none.
import type { Money } from '../../shared/domain/money.ts'
import { formatMoney, formatSums } from '../lib/formatMoney.ts'

export function Amount({ money, unreadable = false }: { readonly money: Money | null; readonly unreadable?: boolean }) {
  if (money !== null) return <>{formatMoney(money)}</>
  return unreadable ? (
    <span className="warn" title="Paymenter sent something here that is not an amount of its currency.">
      not readable
    </span>
  ) : (
    <span className="faint">–</span>
  )
}

/** Sums of several currencies beside each other, never added. */
export function Amounts({ amounts }: { readonly amounts: readonly Money[] }) {
  const text = formatSums(amounts, '–')
  return text === '–' ? <span className="faint">–</span> : <>{text}</>
}
