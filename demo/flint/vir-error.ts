// The errors of libvirt as Flint prints them.

/** An error of libvirt; `text` is how Flint writes it into its answers. */
export class VirError extends Error {
  readonly code: number
  readonly domain: number

  constructor(code: number, domain: number, message: string) {
    super(message)
    this.name = 'VirError'
    this.code = code
    this.domain = domain
  }

  get text(): string {
    return `virError(Code=${this.code}, Domain=${this.domain}, Message='${this.message}')`
  }
}

export function domainNotFound(uuid: string): VirError {
  return new VirError(42, 10, `Domain not found: no domain with matching uuid '${uuid}'`)
}

export function connectionLost(): VirError {
  return new VirError(1, 7, 'internal error: client socket is closed')
}

export function operationInvalid(domain: number, reason: string): VirError {
  return new VirError(55, domain, `Requested operation is not valid: ${reason}`)
}
