// Gives every style element that a library creates the page's nonce, so that the strict content security policy lets it in.

const placeholder = '__CSP_NONCE__'

/** The nonce of this page, handed over in a meta tag; empty where the page was served without a policy (development). */
export function styleNonce(): string {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
  return nonce === placeholder ? '' : nonce
}

/** Runs at import, before anything that makes style elements. */
function markCreatedStyles(): void {
  const nonce = styleNonce()
  if (nonce === '') return
  const create = document.createElement.bind(document)
  function createElement(name: string, options?: ElementCreationOptions): HTMLElement {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }
  Object.defineProperty(document, 'createElement', { configurable: true, writable: true, value: createElement })
}

markCreatedStyles()
