// The rows of the billing mirror as they are handed to the database: parsed, with what was sent beside it.
import type { Day } from '../../shared/domain/calendar.ts'

export interface MirroredRow {
  readonly id: number
  /** The row as it was sent: attributes and the relationships that are used. */
  readonly raw: string
  readonly createdAt: number | null
  readonly updatedAt: number | null
}

export interface CustomerRow extends MirroredRow {
  readonly firstName: string | null
  readonly lastName: string | null
  readonly email: string
}

export interface CategoryRow extends MirroredRow {
  readonly name: string
  readonly parentId: number | null
}

export interface ProductRow extends MirroredRow {
  readonly name: string
  readonly slug: string
  readonly hidden: boolean
  /** Null when it could not be included. */
  readonly categoryId: number | null
  /** As it came along; null when it did not. */
  readonly category: CategoryRow | null
  /** Undefined when plans could not be included. */
  readonly plans: readonly PlanRow[] | undefined
}

export interface PlanPrice {
  readonly id: number
  readonly currency: string
  readonly amountMinor: number | null
  readonly setupFeeMinor: number | null
}

export interface PlanRow extends MirroredRow {
  readonly productId: number
  readonly name: string | null
  readonly type: string
  readonly billingPeriod: number | null
  readonly billingUnit: string | null
  readonly prices: readonly PlanPrice[]
}

export interface ServiceRow extends MirroredRow {
  /** Null when it could not be included. */
  readonly customerId: number | null
  readonly productId: number | null
  readonly status: string
  readonly currency: string
  readonly priceMinor: number | null
  readonly quantity: number
  readonly expiresOn: Day | null
  readonly expiryReadable: boolean
  /** Null when they could not be included. */
  readonly properties: Readonly<Record<string, string>> | null
}

export interface InvoiceItemRow extends MirroredRow {
  readonly serviceId: number | null
  readonly description: string
  readonly priceMinor: number | null
  readonly quantity: number
}

export interface InvoiceRow extends MirroredRow {
  readonly customerId: number | null
  readonly status: string
  readonly currency: string
  readonly dueOn: Day | null
  readonly dueReadable: boolean
  readonly createdOn: Day | null
  /** Undefined when items could not be included. */
  readonly items: readonly InvoiceItemRow[] | undefined
  /** Items that the invoice names and the answer lacks. */
  readonly missingItems: readonly number[]
}

export interface OrderRow extends MirroredRow {
  readonly customerId: number | null
  readonly currency: string
  /** Null when they could not be included. */
  readonly serviceIds: readonly number[] | null
}

export interface CreditRow extends MirroredRow {
  /** Null when it could not be included. */
  readonly customerId: number | null
  readonly currency: string
  readonly amountMinor: number | null
}

export interface TicketRow extends MirroredRow {
  readonly customerId: number | null
  readonly subject: string
  readonly status: string
  readonly priority: string
  readonly department: string | null
  readonly assignedTo: number | null
}

export interface TicketMessageRow extends MirroredRow {
  /** Null when they could not be included. */
  readonly ticketId: number | null
  readonly authorId: number | null
  readonly message: string
}
