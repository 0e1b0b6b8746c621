// What the demo shop sells: four VPS products with monthly and yearly plans, and the machine that each of them promises.
import type { CategoryRow, PlanRow, PriceRow, ProductRow } from '../paymenter/rows.ts'

export interface MachineSize {
  memoryKiB: number
  vcpus: number
  diskGiB: number
}

export interface Offer {
  productId: number
  name: string
  slug: string
  priceRupees: number
  monthlyPlanId: number
  /** Null for what costs nothing. */
  yearlyPlanId: number | null
  size: MachineSize
}

const GIB_IN_KIB = 1024 * 1024

function offer(productId: number, name: string, priceRupees: number, memoryKiB: number, diskGiB: number, vcpus: number): Offer {
  return {
    productId,
    name: `${name} VPS`,
    slug: `${name.toLowerCase()}-vps`,
    priceRupees,
    monthlyPlanId: productId === 1 ? 1 : 2 * productId - 2,
    yearlyPlanId: productId === 1 ? null : 2 * productId - 1,
    size: { memoryKiB, vcpus, diskGiB },
  }
}

export const FREE = offer(1, 'Free', 0, GIB_IN_KIB / 2, 10, 1)
export const STARTER = offer(2, 'Starter', 499, 2 * GIB_IN_KIB, 40, 1)
export const PROFESSIONAL = offer(3, 'Professional', 999, 4 * GIB_IN_KIB, 80, 2)
export const BUSINESS = offer(4, 'Business', 1999, 8 * GIB_IN_KIB, 160, 4)
const OFFERS: readonly Offer[] = [FREE, STARTER, PROFESSIONAL, BUSINESS]

/** `499` rupees as the database writes them. */
export function rupees(amount: number): string {
  return amount.toFixed(2)
}

export interface Catalog {
  categories: CategoryRow[]
  products: ProductRow[]
  plans: PlanRow[]
  prices: PriceRow[]
}

/** The shop's shelves, put up at an instant (UTC ms). */
export function makeCatalog(createdAt: number): Catalog {
  const times = { created_at: createdAt, updated_at: createdAt }
  const recurring = { type: 'recurring', billing_period: 1, sort: null } as const
  return {
    categories: [{ id: 1, name: 'VPS', slug: 'vps', parent_id: null, permissions: null, ...times }],
    products: OFFERS.map((offer, index) => ({
      id: offer.productId,
      category_id: 1,
      name: offer.name,
      description: `${offer.name} on KVM`,
      image: null,
      slug: offer.slug,
      stock: null,
      per_user_limit: null,
      sort: index,
      allow_quantity: 'disabled',
      email_template: null,
      hidden: 0,
      ...times,
    })),
    plans: OFFERS.flatMap(({ productId, monthlyPlanId, yearlyPlanId }): PlanRow[] =>
      yearlyPlanId === null
        ? [{ id: monthlyPlanId, product_id: productId, name: 'Free', type: 'free', billing_period: null, billing_unit: null, sort: null }]
        : [
            { id: monthlyPlanId, product_id: productId, name: 'Monthly', billing_unit: 'month', ...recurring },
            { id: yearlyPlanId, product_id: productId, name: 'Yearly', billing_unit: 'year', ...recurring },
          ],
    ),
    prices: OFFERS.flatMap(({ priceRupees, monthlyPlanId, yearlyPlanId }): PriceRow[] => [
      {
        id: monthlyPlanId,
        plan_id: monthlyPlanId,
        price: rupees(priceRupees),
        setup_fee: yearlyPlanId === null ? null : '0.00',
        currency_code: 'INR',
      },
      ...(yearlyPlanId === null
        ? []
        : [{ id: yearlyPlanId, plan_id: yearlyPlanId, price: rupees(10 * priceRupees), setup_fee: null, currency_code: 'INR' }]),
    ]),
  }
}
