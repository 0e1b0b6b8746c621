// Every permission of Paymenter that this program has a use for, and what is lost without it.

export interface Wanted {
  readonly permission: string
  readonly required: boolean
  /** What is lost without it, in the operator's words. */
  readonly cost: string
}

export const wantedPermissions: readonly Wanted[] = [
  { permission: 'users.view', required: true, cost: 'Customers are unknown, and whose a service or an invoice is. Needed to connect.' },
  { permission: 'products.view', required: true, cost: 'Products, plans and prices are unknown. Needed to connect.' },
  { permission: 'services.view', required: true, cost: 'Services are unknown: nothing can be linked to a VM. Needed to connect.' },
  { permission: 'invoices.view', required: true, cost: 'Invoices are unknown: who has paid cannot be told. Needed to connect.' },
  {
    permission: 'invoice_items.view',
    required: false,
    cost: 'Some versions of Paymenter then hide the items of invoices: amounts are unknown, and which service an invoice is for, so automation does nothing.',
  },
  { permission: 'properties.view', required: false, cost: 'Properties of services are unknown: a VM’s UUID that is noted there is not used to suggest links.' },
  { permission: 'orders.view', required: false, cost: 'Orders are not shown, nor which services were ordered together.' },
  { permission: 'credits.view', required: false, cost: 'What customers have paid in advance is not shown.' },
  { permission: 'tickets.view', required: false, cost: 'Tickets are not shown.' },
  { permission: 'ticket_messages.view', required: false, cost: 'What was written in tickets is not shown.' },
  {
    permission: 'services.update',
    required: false,
    cost: 'A service is not set to suspended when its VM is stopped, nor to active after a payment: Paymenter then does not invoice it again by itself. Its status and expiry cannot be set from here.',
  },
  { permission: 'invoices.update', required: false, cost: 'Due dates cannot be moved and invoices not be marked as paid from here.' },
  { permission: 'credits.update', required: false, cost: 'A customer’s credit cannot be changed from here.' },
  { permission: 'credits.create', required: false, cost: 'A customer who has no credit cannot be given one from here.' },
  { permission: 'tickets.update', required: false, cost: 'A ticket’s status and priority cannot be set from here.' },
  { permission: 'tickets.create', required: false, cost: 'Customers cannot be told of suspensions by ticket.' },
  { permission: 'ticket_messages.create', required: false, cost: 'Tickets cannot be answered from here.' },
]
