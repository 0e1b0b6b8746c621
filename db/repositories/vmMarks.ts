// What the operator keeps about a VM: note, tags, protection, and the image that this console made it from.
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { NodeId, VmRef } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { vmMarks, vms } from '../schema.ts'

export type VmMarks = Pick<typeof vmMarks.$inferSelect, 'note' | 'tags' | 'isProtected' | 'builtFrom'>

const none: VmMarks = { note: '', tags: [], isProtected: false, builtFrom: null }

function ofVm(ref: VmRef) {
  return and(eq(vmMarks.nodeId, ref.nodeId), eq(vmMarks.uuid, ref.uuid))
}

export function marksOf(orm: Orm, ref: VmRef): VmMarks {
  const row = orm.select().from(vmMarks).where(ofVm(ref)).get()
  return row ? { note: row.note, tags: row.tags, isProtected: row.isProtected, builtFrom: row.builtFrom } : { ...none, tags: [] }
}

/** Sets what is given and leaves the rest. */
export function storeMarks(orm: Orm, ref: VmRef, change: Partial<VmMarks>, at: number): VmMarks {
  const marks = { ...marksOf(orm, ref), ...change }
  const row = { ...ref, ...marks, updatedAt: at }
  orm
    .insert(vmMarks)
    .values(row)
    .onConflictDoUpdate({ target: [vmMarks.nodeId, vmMarks.uuid], set: row })
    .run()
  return marks
}

/** The names of a node's VMs that are not gone and that this console made, by the image that they were made from. */
export function vmNamesByImage(orm: Orm, nodeId: NodeId): Map<string, string[]> {
  const rows = orm
    .select({ image: vmMarks.builtFrom, name: vms.name })
    .from(vmMarks)
    .innerJoin(vms, and(eq(vms.nodeId, vmMarks.nodeId), eq(vms.uuid, vmMarks.uuid)))
    .where(and(eq(vmMarks.nodeId, nodeId), isNotNull(vmMarks.builtFrom), isNull(vms.goneAt)))
    .all()
  const names = new Map<string, string[]>()
  for (const { image, name } of rows) if (image !== null) names.set(image, [...(names.get(image) ?? []), name])
  return names
}
