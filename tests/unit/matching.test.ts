// Link suggestions: by name, by property, and when they are obvious.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asId, type NodeId, type ServiceId, type VmUuid } from '../../shared/domain/ids.ts'
import { suggestLinks } from '../../shared/domain/matching.ts'

const service = (id: number, productSlug: string | null = 'starter-vps', properties: string[] = []) => ({ serviceId: asId<ServiceId>(id), productSlug, properties })
const vm = (name: string, uuid = `uuid-${name}`, node = 'a') => ({ nodeId: asId<NodeId>(node), uuid: asId<VmUuid>(uuid), name })

describe('a link suggestion', () => {
  it('is obvious when the name is exactly the service and its product’s slug and nothing else fits', () => {
    expect(suggestLinks([service(101)], [vm('vps-101-starter-vps')])).toMatchObject([{ serviceId: 101, obvious: true }])
  })

  it('is made, but not obvious, when only the number fits', () => {
    expect(suggestLinks([service(101)], [vm('vps-101-starter'), vm('web-1')])).toMatchObject([{ serviceId: 101, obvious: false }])
  })

  it('is not obvious when two VMs fit a service, on two nodes too', () => {
    const found = suggestLinks([service(101)], [vm('vps-101-starter-vps', 'u1', 'a'), vm('vps-101-starter-vps', 'u2', 'b')])
    expect(found.map((entry) => entry.obvious)).toEqual([false, false])
  })

  it('comes from a property that holds the VM’s UUID, and competes with the name', () => {
    const uuid = '8cfc092e-a2b6-4bf0-8df2-57ff4dd640c7'
    expect(suggestLinks([service(7, 'x', [` ${uuid.toUpperCase()} `])], [vm('database', uuid)])).toMatchObject([{ serviceId: 7, obvious: false }])
    const both = suggestLinks([service(7, 'x', [uuid]), service(101)], [vm('vps-101-starter-vps', uuid)])
    expect(both.map((entry) => [entry.serviceId, entry.obvious])).toEqual([[7, false], [101, false]])
  })

  it('is obvious when name and property agree, and not when another service’s property claims the VM', () => {
    const uuid = '8cfc092e-a2b6-4bf0-8df2-57ff4dd640c7'
    expect(suggestLinks([service(101, 'starter-vps', [uuid])], [vm('vps-101-starter-vps', uuid)])).toMatchObject([{ serviceId: 101, obvious: true }])
    expect(suggestLinks([service(101, 'starter-vps', [uuid])], [vm('vps-101-other', uuid)])).toMatchObject([{ serviceId: 101, obvious: false }])
    const claimed = suggestLinks([service(7, 'x', [uuid]), service(101, 'starter-vps', [uuid])], [vm('vps-101-starter-vps', uuid)])
    expect(claimed.map((entry) => [entry.serviceId, entry.obvious])).toEqual([[7, false], [101, false]])
  })

  it.each(['vps-0101-starter-vps', 'vps-101x', 'xvps-101-starter-vps', 'vps-', 'vps-1e2-starter-vps', '<script>', 'vps-99999999999999999999-a'])('is not made of the name %s', (name) => {
    expect(suggestLinks([service(101), service(100)], [vm(name)])).toEqual([])
  })

  it('never calls a service or a VM obvious twice', () => {
    const services = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 6 }).map((ids) => ids.map((id) => service(id)))
    const vms = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 6 }), fc.constantFrom('starter-vps', 'other')), { selector: (entry) => entry.join(), maxLength: 8 })
    fc.assert(
      fc.property(services, vms, (known, entries) => {
        const obvious = suggestLinks(known, entries.map(([node, id, slug], index) => vm(`vps-${id}-${slug}`, `u${index}`, node))).filter((entry) => entry.obvious)
        expect(new Set(obvious.map((entry) => entry.serviceId)).size).toBe(obvious.length)
        expect(new Set(obvious.map((entry) => `${entry.vm.nodeId}/${entry.vm.uuid}`)).size).toBe(obvious.length)
      }),
    )
  })
})
