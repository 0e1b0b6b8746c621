// The rows of the simulated Paymenter's tables, under Paymenter's own column names.

/** Instants are UTC milliseconds, dates are `YYYY-MM-DD` in Paymenter's time zone, money is text with two decimals. */
export type ColumnValue = string | number | null
export type AnyRow = Record<string, ColumnValue> & { id: number }

export type InvoiceStatus = 'pending' | 'paid' | 'cancelled'
export type ServiceStatus = 'pending' | 'active' | 'suspended' | 'cancelled'
export type TicketStatus = 'open' | 'replied' | 'closed'

type Timestamps = { created_at: number; updated_at: number }

export type UserRow = Timestamps & {
  id: number
  first_name: string | null
  last_name: string | null
  email: string
  email_verified_at: number | null
  role_id: number | null
}

export type PropertyRow = Timestamps & {
  id: number
  owner_type: 'user' | 'service'
  owner_id: number
  name: string
  key: string
  value: string
}

export type CategoryRow = Timestamps & { id: number; name: string; slug: string; parent_id: number | null; permissions: string | null }

export type ProductRow = Timestamps & {
  id: number
  category_id: number
  name: string
  description: string | null
  image: string | null
  slug: string
  stock: number | null
  per_user_limit: number | null
  sort: number | null
  allow_quantity: string
  email_template: string | null
  hidden: 0 | 1
}

export type BillingUnit = 'hour' | 'day' | 'week' | 'month' | 'year'

export type PlanRow = {
  id: number
  product_id: number
  name: string
  type: 'free' | 'one-time' | 'recurring'
  billing_period: number | null
  billing_unit: BillingUnit | null
  sort: number | null
}

export type PriceRow = { id: number; plan_id: number; price: string; setup_fee: string | null; currency_code: string }

export type OrderRow = Timestamps & { id: number; user_id: number; currency_code: string }

export type ServiceRow = Timestamps & {
  id: number
  user_id: number
  product_id: number
  plan_id: number
  order_id: number | null
  coupon_id: number | null
  subscription_id: string | null
  quantity: number
  price: string
  status: ServiceStatus
  currency_code: string
  expires_at: string | null
}

export type InvoiceRow = Timestamps & {
  id: number
  number: string
  user_id: number
  status: InvoiceStatus
  currency_code: string
  due_at: string | null
}

export type InvoiceItemRow = Timestamps & {
  id: number
  invoice_id: number
  description: string
  quantity: number
  price: string
  reference_type: string | null
  reference_id: number | null
}

export type CreditRow = Timestamps & { id: number; user_id: number; currency_code: string; amount: string }

export type TicketRow = Timestamps & {
  id: number
  user_id: number
  subject: string
  status: TicketStatus
  priority: 'low' | 'medium' | 'high'
  assigned_to: number | null
  department: string | null
}

export type TicketMessageRow = Timestamps & { id: number; ticket_id: number; user_id: number; message: string }

/** What a simulated Paymenter starts with. */
export interface PaymenterRows {
  users: UserRow[]
  properties: PropertyRow[]
  categories: CategoryRow[]
  products: ProductRow[]
  plans: PlanRow[]
  prices: PriceRow[]
  orders: OrderRow[]
  services: ServiceRow[]
  invoices: InvoiceRow[]
  invoiceItems: InvoiceItemRow[]
  credits: CreditRow[]
  tickets: TicketRow[]
  ticketMessages: TicketMessageRow[]
}

export type TableName = keyof PaymenterRows

/** An empty installation: nothing sold yet. */
export function emptyRows(): PaymenterRows {
  return {
    users: [],
    properties: [],
    categories: [],
    products: [],
    plans: [],
    prices: [],
    orders: [],
    services: [],
    invoices: [],
    invoiceItems: [],
    credits: [],
    tickets: [],
    ticketMessages: [],
  }
}

/** The class name that Paymenter writes into an invoice item that bills a service. */
export const SERVICE_REFERENCE = 'App\\Models\\Service'
