// The record: append-only and hash-chained, so that whatever was done can be explained and whatever was tampered with is found.
import { createHash } from 'node:crypto'
import { auditRowsFrom, insertAuditRow, lastAuditRow, type AuditRow } from '../../../db/repositories/audit.ts'
import { sealedKinds, sealsOfRows, storedSeals, type SealedKind } from '../../../db/repositories/seal.ts'
import type { NodeId, ServiceId, VmUuid } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'

export interface AuditEntry {
  /** `operator`, `rule`, or who it was. */
  readonly actor: string
  /** A stable word: `intent.started`, `vm.stop-sent`, `hold.added` … */
  readonly action: string
  readonly serviceId?: ServiceId | null
  readonly nodeId?: NodeId | null
  readonly uuid?: VmUuid | null
  readonly vmName?: string | null
  readonly why: string
  /** Facts and observations, plain JSON; never a secret. */
  readonly detail?: Record<string, unknown>
}

const headSecret = 'audit:head'
const genesis = '0'.repeat(64)
const pageRows = 2_000

/** JSON with its keys in order: the same content is always the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const content = [row.previousHash, row.seq, row.at, row.actor, row.action, row.serviceId, row.nodeId, row.uuid, row.vmName, row.why, row.detail]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

function parseHead(note: string | null): { seq: number; hash: string } | null {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(note ?? '')
  return match ? { seq: Number(match[1]), hash: match[2] ?? '' } : null
}

export class Audit {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /** Appends one entry, within the caller's transaction where there is one. */
  append(entry: AuditEntry): void {
    const { orm } = this.#context.db
    const last = lastAuditRow(orm)
    const row: Omit<AuditRow, 'hash'> = {
      seq: (last?.seq ?? 0) + 1,
      at: this.#context.clock.now(),
      actor: entry.actor,
      action: entry.action,
      serviceId: entry.serviceId ?? null,
      nodeId: entry.nodeId ?? null,
      uuid: entry.uuid ?? null,
      vmName: entry.vmName ?? null,
      why: entry.why,
      detail: canonicalJson({ ...entry.detail, seals: storedSeals(orm) }),
      previousHash: last?.hash ?? genesis,
    }
    insertAuditRow(orm, { ...row, hash: hashOf(row) })
    this.#context.changed('audit')
  }

  /** Keeps the newest hash in the keychain too, so that a cut tail is found. A note that the record does not bear out is left as evidence. */
  async keepHead(): Promise<void> {
    const { orm } = this.#context.db
    const last = lastAuditRow(orm)
    if (!last) return
    const noted = parseHead(await this.#context.secrets.get(headSecret))
    if (noted?.hash === last.hash) return
    if (noted !== null && auditRowsFrom(orm, noted.seq, 1)[0]?.hash !== noted.hash) return
    // What a power cut may still take must not be noted as having been there.
    await this.#context.db.onDisk()
    await this.#context.secrets.set(headSecret, `${last.seq}:${last.hash}`)
  }

  /** Which of the rows that no peer can confirm are not what the last entry says that they are. */
  differingRows(): SealedKind[] {
    const { orm } = this.#context.db
    const last = lastAuditRow(orm)
    if (!last) return []
    const { seals } = JSON.parse(last.detail) as { seals?: Record<string, string> }
    const now = sealsOfRows(orm)
    return sealedKinds.filter((kind) => seals?.[kind] !== now[kind])
  }

  /** Walks the whole chain and compares its end with the keychain's note. `firstBad` is the first wrong row's number. */
  async verify(): Promise<{ ok: boolean; entries: number; firstBad: number | null }> {
    const { orm } = this.#context.db
    const noted = parseHead(await this.#context.secrets.get(headSecret))
    let previousHash = genesis
    let expectedSeq = 1
    for (;;) {
      const page = auditRowsFrom(orm, expectedSeq, pageRows)
      for (const { hash, ...row } of page) {
        const isWhole = row.seq === expectedSeq && row.previousHash === previousHash && hashOf(row) === hash
        const fitsNote = row.seq !== noted?.seq || hash === noted.hash
        if (!isWhole || !fitsNote) return { ok: false, entries: expectedSeq - 1, firstBad: expectedSeq }
        previousHash = hash
        expectedSeq += 1
      }
      if (page.length < pageRows) break
    }
    const entries = expectedSeq - 1
    if (noted !== null && noted.seq > entries) return { ok: false, entries, firstBad: entries + 1 }
    return { ok: true, entries, firstBad: null }
  }
}
