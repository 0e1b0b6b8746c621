// The services table's columns and what its filter looks at.
import type { Day } from '../../../shared/domain/calendar.ts'
import type { HoldKind } from '../../../shared/domain/decide.ts'
import { formatDecimal } from '../../../shared/domain/money.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { Amount } from '../../components/Amount.tsx'
import { PaidUntil } from '../../components/billing/PaidUntil.tsx'
import { CustomerLink } from '../../components/estate/links.tsx'
import { BillingStatus, HoldTag, LinkState } from '../../components/estate/states.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import type { FilterFields } from '../../lib/filter.ts'

export type ServiceRow = MethodOutput<'billing.services'>['rows'][number]
export type HoldKinds = ReadonlyMap<number, HoldKind>

const dash = <span className="faint">–</span>

export function serviceColumns(today: Day, holdOf: HoldKinds): readonly DataColumn<ServiceRow>[] {
  return [
    { id: 'id', header: 'Service', widthPx: 84, value: (row) => row.id, cell: (row) => `#${String(row.id)}` },
    {
      id: 'customer',
      header: 'Customer',
      widthPx: 140,
      grow: true,
      value: (row) => row.customerName,
      cell: (row) => <CustomerLink id={row.customerId} name={row.customerName} />,
    },
    {
      id: 'product',
      header: 'Product',
      widthPx: 140,
      grow: true,
      value: (row) => row.productName,
      cell: (row) => (row.productName === null ? dash : <MiddleCut text={row.productName} />),
    },
    {
      id: 'status',
      header: 'Status',
      widthPx: 120,
      value: (row) => row.status,
      cell: (row) => <BillingStatus status={row.status} gone={row.gone} />,
    },
    {
      id: 'price',
      header: 'Price',
      widthPx: 110,
      end: true,
      value: (row) => row.price?.amountMinor ?? null,
      csv: (row) => (row.price === null ? null : `${formatDecimal(row.price)} ${row.price.currency}`),
      cell: (row) => <Amount money={row.price} unreadable />,
    },
    { id: 'quantity', header: 'Quantity', widthPx: 84, end: true, hidden: true, value: (row) => row.quantity },
    {
      id: 'expires',
      header: 'Paid until',
      widthPx: 104,
      end: true,
      value: (row) => row.expiresAt,
      cell: (row) => <PaidUntil day={row.expiresAt} status={row.gone ? 'cancelled' : row.status} today={today} />,
    },
    {
      id: 'link',
      header: 'Link',
      widthPx: 100,
      hidden: true,
      value: (row) => (row.vm === null ? 'none' : 'linked'),
      cell: (row) => <LinkState vm={row.vm} />,
    },
    {
      id: 'vm',
      header: 'VM',
      widthPx: 220,
      grow: true,
      value: (row) => row.vm,
      cell: (row) => (row.vm === null ? <LinkState vm={null} /> : <MiddleCut text={row.vm} />),
    },
    {
      id: 'hold',
      header: 'Hold',
      widthPx: 124,
      hidden: true,
      value: (row) => holdOf.get(row.id) ?? null,
      cell: (row) => {
        const kind = holdOf.get(row.id)
        return kind === undefined ? dash : <HoldTag kind={kind} />
      },
    },
    {
      id: 'created',
      header: 'Created',
      widthPx: 120,
      end: true,
      hidden: true,
      value: (row) => row.createdAt,
      csv: (row) => (row.createdAt === null ? null : new Date(row.createdAt).toISOString()),
      cell: (row) => <Instant at={row.createdAt} />,
    },
  ]
}

export function serviceFields(holdOf: HoldKinds): FilterFields<ServiceRow> {
  return {
    words: (row) => [row.id, row.customerName, row.productName, row.vm],
    keys: {
      status: (row) => row.status,
      customer: (row) => row.customerName,
      plan: (row) => row.productName,
      link: (row) => (row.vm === null ? 'none' : 'linked'),
      hold: (row) => holdOf.get(row.id),
      vm: (row) => row.vm,
    },
  }
}
