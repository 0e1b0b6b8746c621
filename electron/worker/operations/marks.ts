// Notes, tags and protection of VMs: Flint has none of them, so they are kept here.
import { marksOf, storeMarks, type VmMarks } from '../../../db/repositories/vmMarks.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import type { OperationTools } from './tools.ts'

export class Marks {
  readonly #tools: OperationTools

  constructor(tools: OperationTools) {
    this.#tools = tools
  }

  of(ref: VmRef): VmMarks {
    return marksOf(this.#tools.context.db.orm, ref)
  }

  /** Sets what is given. Throws `vm.unknown`. */
  set(ref: VmRef, change: { note?: string | undefined; tags?: string[] | undefined; isProtected?: boolean | undefined }): VmMarks {
    const { context } = this.#tools
    this.#tools.vmName(ref)
    const wanted: Partial<VmMarks> = {
      ...(change.note === undefined ? {} : { note: change.note.trim() }),
      ...(change.tags === undefined ? {} : { tags: tidyTags(change.tags) }),
      ...(change.isProtected === undefined ? {} : { isProtected: change.isProtected }),
    }
    const marks = context.db.transaction(() => {
      const stored = storeMarks(context.db.orm, ref, wanted, context.clock.now())
      this.#tools.recordVm(ref, 'vm.marked', { ...wanted, ...(wanted.note === undefined ? {} : { note: wanted.note.slice(0, 200) }) })
      return stored
    })
    context.changed('vms', 'machines')
    return marks
  }
}

/** Once each, whatever their case, in order. */
function tidyTags(tags: readonly string[]): string[] {
  const byFolded = new Map(tags.map((tag) => [tag.trim().toLowerCase(), tag.trim()]))
  return [...byFolded.values()].filter((tag) => tag !== '').sort((a, b) => a.localeCompare(b, 'en'))
}
