// The node's virtual networks and libvirt's network filters.
import { hashText } from './random.ts'
import { operationInvalid, VirError } from './vir-error.ts'

export interface SimulatedNetwork {
  name: string
  uuid: string
  isActive: boolean
  bridge: string
}

export interface SimulatedFilter {
  name: string
  uuid: string
  xml: string
}

function uuidOf(text: string): string {
  const hash = (salt: string) => hashText(`${salt} ${text}`).toString(16).padStart(8, '0')
  return `${hash('a')}-${hash('b').slice(0, 4)}-4${hash('c').slice(0, 3)}-8${hash('d').slice(0, 3)}-${hash('e')}${hash('f').slice(0, 4)}`
}

/** As libvirt brings it: one filter that includes others, which Flint's own form cannot express. */
const cleanTraffic = `<filter name='clean-traffic' chain='root'>
  <uuid>1c3e7a2b-41c0-4f7e-9d8e-6f2f3a5b7c91</uuid>
  <filterref filter='no-mac-spoofing'/>
  <filterref filter='no-ip-spoofing'/>
</filter>
`

/** Throws VirError where libvirt refuses. */
export class SimulatedNetworks {
  readonly #networks = new Map<string, SimulatedNetwork>()
  readonly #filters = new Map<string, SimulatedFilter>()

  constructor(hostname: string) {
    const uuid = `2032a95e-ba49-4ca3-abef-${hashText(hostname).toString(16).padStart(12, '0')}`
    this.#networks.set('default', { name: 'default', uuid, isActive: true, bridge: 'virbr0' })
    this.#filters.set('clean-traffic', { name: 'clean-traffic', uuid: '1c3e7a2b-41c0-4f7e-9d8e-6f2f3a5b7c91', xml: cleanTraffic })
  }

  networks(): SimulatedNetwork[] {
    return [...this.#networks.values()]
  }

  create(name: string, bridge: string): void {
    if (this.#networks.has(name)) throw new VirError(9, 19, `operation failed: network '${name}' already exists with uuid ${uuidOf(name)}`)
    this.#networks.set(name, { name, uuid: uuidOf(name), isActive: true, bridge })
  }

  lookup(name: string): SimulatedNetwork {
    const network = this.#networks.get(name)
    if (network === undefined) throw new VirError(43, 19, `Network not found: no network with matching name '${name}'`)
    return network
  }

  delete(name: string): void {
    this.lookup(name)
    this.#networks.delete(name)
  }

  filters(): SimulatedFilter[] {
    return [...this.#filters.values()]
  }

  filter(name: string): SimulatedFilter {
    const filter = this.#filters.get(name)
    if (filter === undefined) throw new VirError(62, 38, `Network filter not found: no nwfilter with matching name '${name}'`)
    return filter
  }

  /** libvirt writes what it was given back in its own form, with a UUID; one that exists cannot be defined anew without it, and Flint never says it. */
  defineFilter(name: string, rules: string[]): void {
    const known = this.#filters.get(name)
    if (known !== undefined) throw new VirError(9, 33, `operation failed: filter '${name}' already exists with uuid ${known.uuid}`)
    const uuid = uuidOf(`filter ${name}`)
    const xml = [`<filter name='${name}' chain='root'>`, `  <uuid>${uuid}</uuid>`, ...rules, '</filter>', ''].join('\n')
    this.#filters.set(name, { name, uuid, xml })
  }

  deleteFilter(name: string, isUsed: boolean): void {
    this.filter(name)
    if (isUsed) throw operationInvalid(38, 'nwfilter is in use')
    this.#filters.delete(name)
  }
}
