// From Paymenter's JSON:API rows to the mirror's: pure, and honest about what could not be read.
import type { CategoryRow, CustomerRow, InvoiceItemRow, InvoiceRow, MirroredRow, PlanPrice, PlanRow, ProductRow, ServiceRow } from '../../../db/repositories/billingRows.ts'
import { parseMoney } from '../../../shared/domain/money.ts'
import type { Days } from './days.ts'
import { readInstant } from './days.ts'
import { readId, relatedIds, type Included, type PaymenterRow } from './schema.ts'

const serviceReference = 'App\\Models\\Service'

/** Text as it was sent; numbers and booleans become text, anything else null. */
export function text(raw: unknown): string | null {
  if (typeof raw === 'string') return raw
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : null
}

export function wholeNumber(raw: unknown): number | null {
  const value = typeof raw === 'string' && /^-?\d{1,15}$/.test(raw) ? Number(raw) : raw
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

function flag(raw: unknown): boolean {
  return raw === 1 || raw === true || raw === '1'
}

export function currencyOf(row: PaymenterRow): string {
  return (text(row.attributes['currency_code']) ?? '').trim().toUpperCase()
}

export function amountMinor(raw: unknown, currency: string): number | null {
  return parseMoney(raw, currency)?.amountMinor ?? null
}

/** Price of one and quantity. Where either cannot be read the price is null, for the sum would be wrong. */
function priceAndQuantity(row: PaymenterRow, currency: string): { priceMinor: number | null; quantity: number } {
  const quantity = wholeNumber(row.attributes['quantity'])
  return quantity === null ? { priceMinor: null, quantity: 1 } : { priceMinor: amountMinor(row.attributes['price'], currency), quantity }
}

export function mirrored(row: PaymenterRow, relationships: readonly string[]): MirroredRow {
  const kept: Record<string, unknown> = {}
  for (const name of relationships) if (name in row.relationships) kept[name] = row.relationships[name]
  return {
    id: row.id,
    raw: JSON.stringify({ attributes: row.attributes, relationships: kept }),
    createdAt: readInstant(row.attributes['created_at']),
    updatedAt: readInstant(row.attributes['updated_at']),
  }
}

export function customerOf(row: PaymenterRow): CustomerRow {
  return {
    ...mirrored(row, []),
    firstName: text(row.attributes['first_name']),
    lastName: text(row.attributes['last_name']),
    email: text(row.attributes['email']) ?? '',
  }
}

export function productOf(row: PaymenterRow, included: Included): ProductRow {
  const planIds = relatedIds(row, 'plans')
  const categoryIds = relatedIds(row, 'category')
  const category = categoryIds?.[0] === undefined ? null : included.get('categories', categoryIds[0])
  return {
    ...mirrored(row, ['plans', 'category']),
    name: text(row.attributes['name']) ?? '',
    slug: text(row.attributes['slug']) ?? '',
    hidden: flag(row.attributes['hidden']),
    categoryId: categoryIds?.[0] ?? null,
    category: category === null ? null : categoryOf(category),
    plans: planIds?.flatMap((id) => {
      const plan = included.get('plans', id)
      return plan === null ? [] : [planOf(plan, row.id, included)]
    }),
  }
}

function categoryOf(row: PaymenterRow): CategoryRow {
  return { ...mirrored(row, []), name: text(row.attributes['name']) ?? '', parentId: readId(row.attributes['parent_id']) }
}

function planOf(row: PaymenterRow, productId: number, included: Included): PlanRow {
  const prices = (relatedIds(row, 'prices') ?? []).flatMap((id): PlanPrice[] => {
    const price = included.get('prices', id)
    if (price === null) return []
    const currency = currencyOf(price)
    const fee = price.attributes['setup_fee']
    return [{ id, currency, amountMinor: amountMinor(price.attributes['price'], currency), setupFeeMinor: fee === null ? null : amountMinor(fee, currency) }]
  })
  return {
    ...mirrored(row, ['prices']),
    productId,
    name: text(row.attributes['name']),
    type: text(row.attributes['type']) ?? '',
    billingPeriod: wholeNumber(row.attributes['billing_period']),
    billingUnit: text(row.attributes['billing_unit']),
    prices,
  }
}

export function serviceOf(row: PaymenterRow, included: Included, days: Days): ServiceRow {
  const currency = currencyOf(row)
  const expiry = days.read(row.attributes['expires_at'])
  const propertyIds = relatedIds(row, 'properties')
  return {
    ...mirrored(row, ['user', 'product', 'properties']),
    customerId: relatedIds(row, 'user')?.[0] ?? null,
    productId: relatedIds(row, 'product')?.[0] ?? null,
    status: text(row.attributes['status']) ?? '',
    currency,
    ...priceAndQuantity(row, currency),
    expiresOn: expiry.day,
    expiryReadable: expiry.readable,
    properties: propertyIds === undefined ? null : propertiesOf(propertyIds, included),
  }
}

function propertiesOf(ids: readonly number[], included: Included): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const id of ids) {
    const property = included.get('properties', id)
    const key = property === null ? null : text(property.attributes['key'])
    if (property !== null && key !== null) properties[key] = text(property.attributes['value']) ?? ''
  }
  return properties
}

export function invoiceOf(row: PaymenterRow, included: Included, days: Days): InvoiceRow {
  const currency = currencyOf(row)
  const due = days.read(row.attributes['due_at'])
  const common = mirrored(row, ['user', 'items'])
  const itemIds = relatedIds(row, 'items')
  const items: InvoiceItemRow[] = []
  const missingItems: number[] = []
  for (const id of new Set(itemIds)) {
    const item = included.get('invoiceItems', id)
    if (item === null) missingItems.push(id)
    else items.push(itemOf(item, currency))
  }
  return {
    ...common,
    customerId: relatedIds(row, 'user')?.[0] ?? null,
    status: text(row.attributes['status']) ?? '',
    currency,
    dueOn: due.day,
    dueReadable: due.readable,
    createdOn: common.createdAt === null ? null : days.dayOf(common.createdAt),
    items: itemIds === undefined ? undefined : items,
    missingItems,
  }
}

function itemOf(row: PaymenterRow, currency: string): InvoiceItemRow {
  const refersToService = row.attributes['reference_type'] === serviceReference
  return {
    ...mirrored(row, []),
    serviceId: refersToService ? readId(row.attributes['reference_id']) : null,
    description: text(row.attributes['description']) ?? '',
    ...priceAndQuantity(row, currency),
  }
}
