// Identities, branded by entity so that one is never passed for another. A VM is always (NodeId, VmUuid).

declare const brand: unique symbol
export type Branded<T, B extends string> = T & { readonly [brand]: B }

/** This installation's own id of a node (a UUID). */
export type NodeId = Branded<string, 'NodeId'>
/** libvirt's UUID of a VM, lower case. Unique on one node only. */
export type VmUuid = Branded<string, 'VmUuid'>

/** Paymenter's ids: positive whole numbers, each kind its own brand. */
export type CustomerId = Branded<number, 'CustomerId'>
export type ProductId = Branded<number, 'ProductId'>
export type PlanId = Branded<number, 'PlanId'>
export type ServiceId = Branded<number, 'ServiceId'>
export type InvoiceId = Branded<number, 'InvoiceId'>
export type InvoiceItemId = Branded<number, 'InvoiceItemId'>
export type CategoryId = Branded<number, 'CategoryId'>
export type OrderId = Branded<number, 'OrderId'>
export type CreditId = Branded<number, 'CreditId'>
export type TicketId = Branded<number, 'TicketId'>
export type TicketMessageId = Branded<number, 'TicketMessageId'>

export type IntentId = Branded<string, 'IntentId'>
export type JobId = Branded<string, 'JobId'>

export interface VmRef {
  readonly nodeId: NodeId
  readonly uuid: VmUuid
}

/** Marks a plain value as an id of the given brand. The caller has checked it (zod, the database, a peer's parser). */
export function asId<B extends Branded<string | number, string>>(value: B extends string ? string : number): B {
  return value as unknown as B
}
