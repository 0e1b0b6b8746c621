// Everything that an operator does with VMs, storage, images and networks, put together; and the contract's methods for it.
import { vmNamesByImage } from '../../../db/repositories/vmMarks.ts'
import type { operationMethods } from '../../../shared/contract/operations.ts'
import type { storageMethods } from '../../../shared/contract/storage.ts'
import type { ServiceId } from '../../../shared/domain/ids.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { Deletion } from '../nodes/deletion.ts'
import { nodeIdOf, vmRefOf } from '../nodes/handlers.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { OperatorHand, Power } from '../nodes/power.ts'
import type { Handlers } from '../rpc/handlers.ts'
import { Activity } from './activity.ts'
import { BulkPower } from './bulk.ts'
import { Creation } from './creation.ts'
import { Deletions } from './deletions.ts'
import { Imports } from './imports.ts'
import { MachineView } from './machineView.ts'
import { Marks } from './marks.ts'
import { Networks } from './networks.ts'
import { OneTimeSecrets } from './oneTimeSecrets.ts'
import { Reinstalls } from './reinstalls.ts'
import { Snapshots } from './snapshots.ts'
import { Storage } from './storage.ts'
import { OperationTools } from './tools.ts'

export type OperationHandlers = Pick<Handlers, keyof typeof operationMethods | keyof typeof storageMethods>

export interface OperationsOptions {
  readonly context: Context
  readonly nodes: Nodes
  readonly audit: Audit
  readonly power: Power
  readonly hand: Pick<OperatorHand, 'forceAfterSeconds'>
  /** Takes the link of a service away, recorded. */
  readonly unlink: (serviceId: ServiceId) => void
  /** Between two looks at what is waited for, in milliseconds. */
  readonly pollMs?: number | undefined
  /** How long what was sent is followed, in milliseconds. */
  readonly followMs?: number | undefined
}

/** The order of deletion with what this console knows of VMs built on images. */
export function deletionOf(
  context: Context,
  nodes: Nodes,
  options: { pollMs?: number | undefined; followMs?: number | undefined } = {},
): Deletion {
  return new Deletion(context, nodes, { ...options, builtOn: (nodeId) => vmNamesByImage(context.db.orm, nodeId) })
}

export class Operations {
  readonly handlers: OperationHandlers
  readonly #secrets = new OneTimeSecrets()
  readonly #reinstalls: Reinstalls
  readonly #activity: Activity

  constructor({ context, nodes, audit, power, hand, unlink, pollMs, followMs }: OperationsOptions) {
    const tools = new OperationTools(context, nodes, audit)
    const deletion = deletionOf(context, nodes, { pollMs, followMs })
    const creation = new Creation(tools, this.#secrets, { pollMs })
    this.#reinstalls = new Reinstalls(tools, deletion, creation, hand)
    this.#activity = new Activity(tools)
    this.handlers = {
      ...this.#vmHandlers(tools, { creation, deletions: new Deletions(tools, deletion, hand, unlink), bulk: new BulkPower(tools, power) }),
      ...storageHandlers(tools, pollMs),
      'activity.list': ({ nodeId, limit, ...query }) =>
        this.#activity.list({ ...query, nodeId: nodeId === undefined ? undefined : nodeIdOf(nodeId), limit: limit ?? 200 }),
    }
  }

  /** Passwords in memory now, for the log to hide. */
  secretValues(): Iterable<string> {
    return this.#secrets.values()
  }

  /** Takes up interrupted reinstallations and begins to read what nodes do. */
  start(): void {
    this.#reinstalls.resume()
    this.#activity.start()
  }

  async stop(): Promise<void> {
    this.#secrets.clear()
    await this.#activity.stop()
  }

  #vmHandlers(
    tools: OperationTools,
    parts: { creation: Creation; deletions: Deletions; bulk: BulkPower },
  ): Pick<Handlers, keyof typeof operationMethods> {
    const view = new MachineView(tools)
    const marks = new Marks(tools)
    const snapshots = new Snapshots(tools)
    const reinstalls = this.#reinstalls
    return {
      'vms.details': ({ nodeId, uuid }) => view.details(vmRefOf(nodeId, uuid)),
      'vms.powerMany': ({ vms, ...wish }) => parts.bulk.start({ ...wish, refs: vms.map(({ nodeId, uuid }) => vmRefOf(nodeId, uuid)) }),
      'vms.create': (wish) => parts.creation.start({ ...wish, nodeId: nodeIdOf(wish.nodeId) }),
      'vms.takePassword': ({ id }) => this.#secrets.take(id) ?? { username: null, password: null },
      'vms.deletionPlan': async ({ nodeId, uuid }) => {
        const { disks, snapshots: found, keepReasons, ...plan } = await parts.deletions.plan(vmRefOf(nodeId, uuid))
        return {
          ...plan,
          disks: disks.map((disk) => ({ ...disk })),
          snapshots: found.map((snapshot) => ({ ...snapshot })),
          keepReasons: [...keepReasons],
        }
      },
      'vms.delete': ({ nodeId, uuid, confirm, withDisks }) => parts.deletions.start(vmRefOf(nodeId, uuid), confirm, withDisks),
      'vms.reinstall': ({ nodeId, uuid, ...wish }) => reinstalls.start({ ref: vmRefOf(nodeId, uuid), ...wish }),
      'vms.reinstalls': () => reinstalls.list(),
      'vms.continueReinstall': ({ id }) => reinstalls.continue(id),
      'vms.giveUpReinstall': ({ id, confirm }) => {
        reinstalls.giveUp(id, confirm)
        return { ok: true }
      },
      'vms.mark': ({ nodeId, uuid, ...change }) => marks.set(vmRefOf(nodeId, uuid), change),
      'vms.attachDisk': async ({ nodeId, uuid, pool, volume, target }) => {
        await view.attachDisk(vmRefOf(nodeId, uuid), pool, volume, target)
        return { ok: true }
      },
      'vms.attachInterface': async ({ nodeId, uuid, network, model }) => {
        await view.attachInterface(vmRefOf(nodeId, uuid), network, model)
        return { ok: true }
      },
      'snapshots.create': ({ nodeId, uuid, name, description }) => snapshots.create(vmRefOf(nodeId, uuid), name, description),
      'snapshots.revert': ({ nodeId, uuid, name, confirm }) => snapshots.revert(vmRefOf(nodeId, uuid), name, confirm),
      'snapshots.delete': ({ nodeId, uuid, name, confirm }) => snapshots.remove(vmRefOf(nodeId, uuid), name, confirm),
    }
  }
}

function storageHandlers(
  tools: OperationTools,
  pollMs: number | undefined,
): Omit<Pick<Handlers, keyof typeof storageMethods>, 'activity.list'> {
  const storage = new Storage(tools)
  const imports = new Imports(tools, { pollMs })
  const networks = new Networks(tools)
  const done = async (act: Promise<void>): Promise<{ ok: true }> => {
    await act
    return { ok: true }
  }
  return {
    'storage.list': ({ nodeId }) => storage.list(nodeIdOf(nodeId)),
    'storage.createPool': ({ nodeId, name, path }) => done(storage.createPool(nodeIdOf(nodeId), name, path)),
    'storage.createVolume': ({ nodeId, pool, name, sizeGiB }) => done(storage.createVolume(nodeIdOf(nodeId), pool, name, sizeGiB)),
    'storage.resizeVolume': ({ nodeId, pool, name, sizeGiB }) => done(storage.resizeVolume(nodeIdOf(nodeId), pool, name, sizeGiB)),
    'storage.deleteVolume': ({ nodeId, pool, name, confirm }) => done(storage.deleteVolume(nodeIdOf(nodeId), pool, name, confirm)),
    'images.list': async ({ nodeId }) => {
      const id = nodeIdOf(nodeId)
      const [library, offers] = await Promise.all([storage.images(id), imports.offers(id)])
      return { ...library, offers }
    },
    'images.import': ({ nodeId, path }) => imports.importFile(nodeIdOf(nodeId), path),
    'images.download': ({ nodeId, source }) => imports.download(nodeIdOf(nodeId), source),
    'images.delete': ({ nodeId, name, confirm, breaks }) => done(storage.deleteImage(nodeIdOf(nodeId), name, confirm, breaks)),
    'networks.list': ({ nodeId }) => networks.list(nodeIdOf(nodeId)),
    'networks.create': ({ nodeId, name, bridge }) => done(networks.create(nodeIdOf(nodeId), name, bridge)),
    'networks.change': ({ nodeId, name, action, confirm }) => done(networks.change(nodeIdOf(nodeId), name, action, confirm)),
    'networks.delete': ({ nodeId, name, confirm }) => done(networks.remove(nodeIdOf(nodeId), name, confirm)),
    'filters.list': ({ nodeId }) => networks.filters(nodeIdOf(nodeId)),
    'filters.put': ({ nodeId, name, rules, replace }) => done(networks.putFilter(nodeIdOf(nodeId), name, rules, replace)),
    'filters.delete': ({ nodeId, name, confirm }) => done(networks.removeFilter(nodeIdOf(nodeId), name, confirm)),
  }
}
