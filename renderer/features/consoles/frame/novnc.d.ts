// The part of noVNC (1.7.0, without types of its own) that the app uses; what begins with an underscore is noVNC's own and is pinned with its version.
declare module '@novnc/novnc' {
  export interface RawChannel {
    binaryType: string
    readonly protocol: string
    readonly readyState: string
    onopen: (() => void) | null
    onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null
    onerror: (() => void) | null
    onclose: ((event: { readonly code?: number; readonly reason?: string }) => void) | null
    send(bytes: Uint8Array): void
    close(): void
  }

  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: RawChannel, options?: { readonly shared?: boolean })
    viewOnly: boolean
    scaleViewport: boolean
    clipViewport: boolean
    resizeSession: boolean
    showDotCursor: boolean
    qualityLevel: number
    compressionLevel: number
    background: string
    focusOnClick: boolean
    disconnect(): void
    focus(options?: FocusOptions): void
    sendKey(keysym: number, code: string | null, down?: boolean): void
    clipboardPasteFrom(text: string): void
    toBlob(callback: (blob: Blob | null) => void, type?: string): void
    protected readonly _canvas: HTMLCanvasElement
    protected readonly _flushing: boolean
    protected _handleMessage(): void
    protected readonly _FBU: { readonly rects: number }
    protected readonly _sock: { rQlen(): number }
    protected readonly _qemuExtKeyEventSupported: boolean
    protected readonly _rfbConnectionState: string
    protected _fail(details: string): boolean
    protected _disconnect(): void
    protected _resize(width: number, height: number): void
  }
}
