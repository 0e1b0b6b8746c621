// Routes about a VM's snapshots, which live inside of its disk.
import { empty, handBuiltError, json, plainError, sniffedJson, type Answer } from './answers.ts'
import { decodeBody } from './request-body.ts'
import type { Route, RouteContext } from './router.ts'
import { VirError } from './vir-error.ts'
import type { SimulatedVm, VmSnapshot } from './vm.ts'

const limitedError = 'libvirt connection not available'

function shown(snapshot: VmSnapshot): Record<string, unknown> {
  return { name: snapshot.name, state: snapshot.state, creation_ts: snapshot.createdAtSeconds, description: snapshot.description }
}

/** Runs on the looked-up VM; a failure of libvirt becomes Flint's hand-built error with the failing step in front. */
function onVm({ host, params }: RouteContext, act: (vm: SimulatedVm) => Answer): Answer {
  let step = 'lookup domain: '
  try {
    const vm = host.lookup(params['uuid'] ?? '')
    step = ''
    return act(vm)
  } catch (error) {
    if (error instanceof VirError) return handBuiltError(500, `${step}${error.text}`)
    throw error
  }
}

function findSnapshot(vm: SimulatedVm, name: string): VmSnapshot | Answer {
  const found = vm.snapshots.find((snapshot) => snapshot.name === name)
  if (found !== undefined) return found
  const error = new VirError(72, 10, `Domain snapshot not found: no domain snapshot with matching name '${name}'`)
  return handBuiltError(500, `snapshot '${name}' not found: ${error.text}`)
}

function listSnapshots({ host, params }: RouteContext): Answer {
  try {
    return sniffedJson(host.lookup(params['uuid'] ?? '').snapshots.map(shown))
  } catch (error) {
    if (error instanceof VirError) return plainError(500, `lookup domain: ${error.text}`)
    throw error
  }
}

/** What XML text says. */
function plainText(xml: string): string {
  const signs: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' }
  return xml.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => signs[entity] ?? entity)
}

/** Flint writes the description into libvirt's XML unescaped. */
function createSnapshot(context: RouteContext): Answer {
  const body = decodeBody(context.body)
  const wanted = body.text('name')
  const description = body.text('description')
  return onVm(context, (vm) => {
    const createdAtSeconds = Math.floor(context.host.now() / 1000)
    // Libvirt names a snapshot without a name after the time.
    const name = wanted === '' ? String(createdAtSeconds) : wanted
    if (vm.snapshots.some((snapshot) => snapshot.name === name)) {
      const error = new VirError(9, 20, `operation failed: domain moment ${name} already exists`)
      return handBuiltError(500, `create snapshot: ${error.text}`)
    }
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)|</.test(description)) {
      const error = new VirError(35, 35, `at line 3: xmlParseEntityRef: no name\n  <description>${description}</description>\n-----------------------^`)
      return handBuiltError(500, `create snapshot: ${error.text}`)
    }
    const states = { Running: 'running', Paused: 'paused', Shutoff: 'shutoff' } as const
    const snapshot: VmSnapshot = { name, description: plainText(description), state: states[vm.state], createdAtSeconds }
    vm.snapshots.push(snapshot)
    return json(shown(snapshot))
  })
}

function deleteSnapshot(context: RouteContext): Answer {
  return onVm(context, (vm) => {
    const found = findSnapshot(vm, context.params['name'] ?? '')
    if ('status' in found) return found
    vm.snapshots = vm.snapshots.filter((snapshot) => snapshot !== found)
    return empty(204)
  })
}

function revertSnapshot(context: RouteContext): Answer {
  return onVm(context, (vm) => {
    const found = findSnapshot(vm, context.params['name'] ?? '')
    if ('status' in found) return found
    vm.revertTo(found)
    return json({ message: 'Revert action initiated.' })
  })
}

export const snapshotRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/api/vms/{uuid}/snapshots',
    answer: listSnapshots,
    limited: () => plainError(500, limitedError),
  },
  {
    method: 'POST',
    pattern: '/api/vms/{uuid}/snapshots',
    answer: createSnapshot,
    limited: () => handBuiltError(500, limitedError),
  },
  {
    method: 'DELETE',
    pattern: '/api/vms/{uuid}/snapshots/{name}',
    answer: deleteSnapshot,
    limited: () => handBuiltError(500, limitedError),
  },
  {
    method: 'POST',
    pattern: '/api/vms/{uuid}/snapshots/{name}/revert',
    answer: revertSnapshot,
    limited: () => handBuiltError(500, limitedError),
  },
]
