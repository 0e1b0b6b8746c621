// A VM that was made again has another UUID: what is kept about the old one moves to the new one.
import type { NodeId, VmUuid } from '../../shared/domain/ids.ts'
import type { Database } from '../open.ts'
import { deleteLink, insertLink, linkOfVm } from './links.ts'

/**
 * History stays under the UUID that it happened to. Every other table that names a VM by node and UUID moves, whatever feature it belongs to,
 * so that one added later is not forgotten.
 */
const staysBehind: ReadonlySet<string> = new Set(['vms', 'audit', 'vault', 'reinstalls', 'intents'])
/** Sealed: changed through its own repository only. */
const sealed = 'links'

export function tablesThatMove(db: Database): string[] {
  const tables = db.sqlite
    .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`)
    .pluck()
    .all() as string[]
  return tables.filter((table) => {
    if (staysBehind.has(table) || table === sealed) return false
    const columns = db.sqlite.prepare('select name from pragma_table_info(?)').pluck().all(table) as string[]
    return columns.includes('node_id') && columns.includes('uuid')
  })
}

/** To be called in a transaction. Rows that the new UUID has already (a sample of its first minute) give way to the old one's. */
export function moveVm(db: Database, nodeId: NodeId, from: VmUuid, to: VmUuid): void {
  const link = linkOfVm(db.orm, { nodeId, uuid: from })
  if (link !== null) {
    deleteLink(db.orm, link.serviceId)
    insertLink(db.orm, { ...link, uuid: to })
  }
  for (const table of tablesThatMove(db)) {
    db.sqlite.prepare(`update or replace "${table}" set uuid = ? where node_id = ? and uuid = ?`).run(to, nodeId, from)
  }
}
