// Products with their plans and prices, as Paymenter sells them, and the machine that each stands for, as it is kept here.
import { useMemo, useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button } from '../../components/Button.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { GoneSwitch, MirrorAge, MirrorEmpty, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { IconCircleDashed, IconEye, IconEyeOff } from '@tabler/icons-react'
import { Tag } from '../../components/Tag.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { formatMoney } from '../../lib/formatMoney.ts'
import { count } from '../../lib/formatSize.ts'
import { useMirror } from '../../lib/mirror.ts'
import { useRead } from '../../lib/queries.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { SpecForm } from './SpecForm.tsx'
import type { SpecRow } from './SpecForm.tsx'
import { specWords } from './specWords.ts'

type PlanRow = MethodOutput<'billing.plans'>['rows'][number]
type ProductRow = MethodOutput<'billing.products'>['rows'][number]
interface Offer {
  readonly plan: PlanRow
  /** The machine that the product stands for. */
  readonly spec: SpecRow | undefined
  readonly product: ProductRow | undefined
}

/** `every month`, `every 3 months`, `once`, `free`. */
function period(plan: PlanRow): string {
  if (plan.period === null || plan.unit === null) return plan.type === 'free' ? 'free' : plan.type === 'one-time' ? 'once' : plan.type
  return plan.period === 1 ? `every ${plan.unit}` : `every ${String(plan.period)} ${plan.unit}s`
}

function prices(plan: PlanRow): string {
  return plan.prices.map((price) => formatMoney(price)).join(' · ')
}

function setupFees(plan: PlanRow): string {
  return plan.prices
    .flatMap((price) =>
      price.setupFeeMinor === null || price.setupFeeMinor === 0
        ? []
        : [formatMoney({ amountMinor: price.setupFeeMinor, currency: price.currency })],
    )
    .join(' · ')
}

const dash = <span className="faint">–</span>

const columns: readonly DataColumn<Offer>[] = [
  {
    id: 'product',
    header: 'Product',
    widthPx: 180,
    grow: true,
    value: ({ plan }) => plan.productName,
    cell: ({ plan }) => <MiddleCut text={plan.productName ?? `Product ${String(plan.productId)}`} />,
  },
  {
    id: 'plan',
    header: 'Plan',
    widthPx: 110,
    value: ({ plan }) => plan.name,
    cell: ({ plan }) => (plan.name === null ? dash : <MiddleCut text={plan.name} />),
  },
  { id: 'period', header: 'Billed', widthPx: 112, value: ({ plan }) => period(plan) },
  {
    id: 'price',
    header: 'Price',
    widthPx: 124,
    end: true,
    value: ({ plan }) => plan.prices[0]?.amountMinor ?? null,
    csv: ({ plan }) => prices(plan),
    cell: ({ plan }) => (plan.prices.length === 0 ? dash : prices(plan)),
  },
  {
    id: 'setup',
    header: 'Set-up fee',
    widthPx: 110,
    end: true,
    hidden: true,
    value: ({ plan }) => plan.prices[0]?.setupFeeMinor ?? null,
    csv: ({ plan }) => setupFees(plan),
    cell: ({ plan }) => setupFees(plan) || dash,
  },
  {
    id: 'machine',
    header: 'Machine',
    widthPx: 204,
    grow: true,
    value: ({ spec }) => spec?.memoryMiB ?? null,
    csv: ({ spec }) => (spec === undefined ? null : specWords(spec)),
    cell: ({ spec }) => (spec === undefined ? <span className="faint">not said yet</span> : specWords(spec)),
  },
  { id: 'services', header: 'Services', widthPx: 84, end: true, value: ({ plan }) => plan.services },
  {
    id: 'shown',
    header: 'Shop',
    widthPx: 90,
    value: ({ plan, product }) => (plan.gone ? 'gone' : product?.hidden === true ? 'hidden' : 'shown'),
    cell: ({ plan, product }) =>
      plan.gone ? (
        <Tag tone="off" icon={IconCircleDashed} word="gone" />
      ) : product?.hidden === true ? (
        <Tag tone="off" icon={IconEyeOff} word="hidden" />
      ) : (
        <Tag tone="off" icon={IconEye} word="shown" />
      ),
  },
  {
    id: 'slug',
    header: 'Slug',
    widthPx: 140,
    hidden: true,
    value: ({ product }) => product?.slug ?? null,
    cell: ({ product }) => <span className="mono">{product?.slug}</span>,
  },
  { id: 'id', header: 'Number', widthPx: 80, end: true, hidden: true, value: ({ plan }) => plan.id },
]

const fields: FilterFields<Offer> = {
  words: ({ plan, product }) => [plan.productName, plan.name, product?.slug],
  keys: {
    product: ({ plan }) => plan.productName,
    machine: ({ spec }) => (spec === undefined ? 'none' : specWords(spec)),
    shop: ({ plan, product }) => (plan.gone ? 'gone' : product?.hidden === true ? 'hidden' : 'shown'),
  },
}

export function Plans() {
  const { filter, onFilter } = useTableAddress()
  const [gone, setGone] = useState(false)
  const { page, error } = useMirror('billing.plans', filter, gone)
  const products = useRead('billing.products', { limit: 20_000, gone: true }).data?.rows
  const specs = useRead('specs.list', {}).data
  const dialogs = useDialogs()
  const rows = useMemo<readonly Offer[]>(() => {
    const byId = new Map(products?.map((product) => [product.id, product]))
    const specOf = new Map(specs?.map((spec) => [spec.productId, spec]))
    return page?.rows.map((plan) => ({ plan, product: byId.get(plan.productId), spec: specOf.get(plan.productId) })) ?? []
  }, [page, products, specs])
  const openSpec = ({ plan, product, spec }: Offer): void => {
    const name = product?.name ?? plan.productName ?? `Product ${String(plan.productId)}`
    dialogs.open(`The machine of ${name.slice(0, 60)}`, (close) => <SpecForm product={{ id: plan.productId, name }} known={spec} close={close} />, 620)
  }
  return (
    <Page title="Plans" filled age={<MirrorAge asOf={page?.asOf} />} actions={<SyncButton />}>
      {page === undefined ? (
        error === null ? (
          <Skeleton lines={6} />
        ) : (
          <ErrorNotice error={error} />
        )
      ) : (
        <DataTable
          id="plans"
          label="plans"
          rows={rows}
          rowKey={({ plan }) => String(plan.id)}
          columns={columns}
          filterFields={fields}
          filter={filter}
          onFilter={onFilter}
          onOpen={openSpec}
          renderRowActions={(offer) => (
            <Button
              aria-label={`The machine of ${offer.plan.productName ?? String(offer.plan.productId)}, plan ${offer.plan.name ?? String(offer.plan.id)}`}
              onClick={() => {
                openSpec(offer)
              }}
            >
              Machine
            </Button>
          )}
          views={[
            { name: 'In the shop', filter: 'shop:shown' },
            { name: 'Without a machine', filter: 'machine:none' },
          ]}
          sort={[{ id: 'price', desc: false }]}
          rowClass={({ plan }) => (plan.gone ? 'dim' : '')}
          tools={<GoneSwitch value={gone} onChange={setGone} />}
          renderSummary={(shown) =>
            `${count(shown.length, 'plan')} of ${count(new Set(shown.map(({ plan }) => plan.productId)).size, 'product')}`
          }
          empty={<MirrorEmpty what="plans" />}
        />
      )}
    </Page>
  )
}
