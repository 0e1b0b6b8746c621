// Names in the path of a request, written so that Flint's router reads them back unchanged.
import { Failure } from '../../../shared/domain/failure.ts'

/**
 * One segment of a path. Flint's router hands a name on undecoded when it is escaped otherwise than Go would do it, so it is escaped as Go does.
 * Throws `flint.unaddressable` for a name with a slash, which no route of Flint can be given.
 */
export function pathSegment(name: string): string {
  if (name.includes('/') || name === '' || name === '.' || name === '..') {
    throw new Failure(
      'flint.unaddressable',
      `Flint's interface cannot be given the name “${name}”.`,
      'Do it with virsh on the node; Flint puts names into its addresses, and this one does not fit there.',
    )
  }
  return encodeURIComponent(name)
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
}
