// Reads libvirt's XML into a tree: elements, attributes and text, nothing that libvirt does not write.

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** The text directly inside, trimmed. */
  readonly text: string
}

interface OpenElement {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: XmlElement[]
  text: string
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const deepest = 64

function decodeEntities(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole
    const code = name[1]?.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name = '', double, single] of text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes[name] = decodeEntities(double ?? single ?? '')
  }
  return attributes
}

/** The root element; null when the text is not well-formed. */
export function parseXml(text: string): XmlElement | null {
  const open: OpenElement[] = [{ name: '', attributes: {}, children: [], text: '' }]
  const token =
    /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    const parent = open.at(-1)
    if (match === null || parent === undefined) return null
    const [, verbatim, closing, opening, attributes = '', selfClosing, plain] = match
    if (verbatim !== undefined) parent.text += verbatim
    else if (plain !== undefined) parent.text += decodeEntities(plain)
    else if (opening !== undefined) {
      const element: OpenElement = { name: opening, attributes: attributesOf(attributes), children: [], text: '' }
      parent.children.push(element)
      if (selfClosing !== '/') open.push(element)
      if (open.length > deepest) return null
    } else if (closing !== undefined) {
      if (parent.name !== closing || open.length === 1) return null
      parent.text = parent.text.trim()
      open.pop()
    }
  }
  const root = open[0]
  return open.length === 1 && root?.children.length === 1 ? (root.children[0] ?? null) : null
}

export function childNamed(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name)
}

export function childrenNamed(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}
