// Request bodies as Go's decoder takes them: keys in any case, a wrong type refuses the whole, an absent key is the zero value.

/** The body is not JSON, or a value has the wrong type. */
export class BadBody extends Error {
  constructor() {
    super('Invalid JSON in request body')
    this.name = 'BadBody'
  }
}

/** One decoded JSON object. */
export class DecodedBody {
  readonly #fields = new Map<string, unknown>()

  constructor(value: unknown) {
    if (value === null) return
    if (typeof value !== 'object' || Array.isArray(value)) throw new BadBody()
    for (const [key, field] of Object.entries(value)) this.#fields.set(key.toLowerCase(), field)
  }

  text(key: string): string {
    const value = this.#fields.get(key.toLowerCase()) ?? ''
    if (typeof value !== 'string') throw new BadBody()
    return value
  }

  flag(key: string): boolean {
    const value = this.#fields.get(key.toLowerCase()) ?? false
    if (typeof value !== 'boolean') throw new BadBody()
    return value
  }

  integer(key: string): number {
    const value = this.#fields.get(key.toLowerCase()) ?? 0
    if (typeof value !== 'number' || !Number.isInteger(value)) throw new BadBody()
    return value
  }

  unsigned(key: string): number {
    const value = this.integer(key)
    if (value < 0) throw new BadBody()
    return value
  }

  texts(key: string): string[] {
    const value = this.#fields.get(key.toLowerCase()) ?? []
    if (!Array.isArray(value)) throw new BadBody()
    return value.map((item: unknown) => {
      if (typeof item !== 'string') throw new BadBody()
      return item
    })
  }

  objects(key: string): DecodedBody[] {
    const value = this.#fields.get(key.toLowerCase()) ?? []
    if (!Array.isArray(value)) throw new BadBody()
    return value.map((item: unknown) => new DecodedBody(item))
  }

  /** Null when absent or null. */
  object(key: string): DecodedBody | null {
    const value = this.#fields.get(key.toLowerCase()) ?? null
    return value === null ? null : new DecodedBody(value)
  }
}

/** Throws BadBody. */
export function decodeBody(text: string): DecodedBody {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadBody()
  }
  return new DecodedBody(value)
}
