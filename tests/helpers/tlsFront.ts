// Real TLS before a simulated node: certificates made by openssl, and a server that passes bytes on.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface KeyPair {
  readonly key: string
  readonly cert: string
  /** Where the certificate lies, for a system's list of authorities. */
  readonly certFile: string
  /** As `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string
}

/** A place for throw-away certificates. */
export class CertificateShop {
  readonly folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  #count = 0

  async selfSigned(name: string, days = 30): Promise<KeyPair> {
    return this.#make(['-x509', '-days', String(days), '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'])
  }

  /** An authority, and a certificate for `host` that it has signed. */
  async signed(host: string): Promise<{ authority: KeyPair; leaf: KeyPair }> {
    const authority = await this.#make(['-x509', '-days', '30', '-subj', '/CN=Test Authority', '-addext', 'basicConstraints=critical,CA:TRUE'])
    const [key, request, cert, extensions] = ['key', 'csr', 'crt', 'ext'].map((end) => join(this.folder, `leaf-${(this.#count += 1)}.${end}`)) as [string, string, string, string]
    const authorityKey = authority.certFile.replace(/crt$/, 'key')
    await run('openssl', ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', request, '-subj', `/CN=${host}`])
    writeFileSync(extensions, `subjectAltName=${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}\n`)
    await run('openssl', ['x509', '-req', '-in', request, '-CA', authority.certFile, '-CAkey', authorityKey, '-days', '30', '-out', cert, '-extfile', extensions])
    return { authority, leaf: await this.#read(key, cert) }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #make(options: readonly string[]): Promise<KeyPair> {
    this.#count += 1
    const [key, cert] = [join(this.folder, `${this.#count}.key`), join(this.folder, `${this.#count}.crt`)]
    await run('openssl', ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, ...options])
    return this.#read(key, cert)
  }

  async #read(key: string, cert: string): Promise<KeyPair> {
    const { stdout } = await run('openssl', ['x509', '-noout', '-fingerprint', '-sha256', '-in', cert])
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), certFile: cert, fingerprint: stdout.trim().replace(/^.*=/, '') }
  }
}

export class TlsFront implements AsyncDisposable {
  /** The bytes that came through TLS from the client, so far. */
  received = ''
  readonly #server: Server
  readonly #sockets = new Set<TLSSocket>()

  private constructor(pair: KeyPair, targetPort: number) {
    this.#server = createServer({ key: pair.key, cert: pair.cert }, (near) => {
      this.#sockets.add(near)
      const far = connect({ port: targetPort, host: '127.0.0.1' })
      near.on('data', (bytes) => {
        this.received += bytes.toString('latin1')
      })
      near.pipe(far).pipe(near)
      near.on('error', () => far.destroy())
      far.on('error', () => near.destroy())
      near.on('close', () => {
        this.#sockets.delete(near)
        far.destroy()
      })
      far.on('close', () => near.destroy())
    })
    this.#server.on('tlsClientError', () => undefined)
  }

  /** @param target the address of what stands behind */
  static async open(pair: KeyPair, target: string): Promise<TlsFront> {
    const front = new TlsFront(pair, Number(new URL(target).port))
    await new Promise<void>((ready) => {
      front.#server.listen(0, '127.0.0.1', ready)
    })
    return front
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the TLS front does not listen')
    return `https://127.0.0.1:${address.port}`
  }

  /** From now on it shows another certificate; open connections end. */
  show(pair: KeyPair): void {
    this.#server.setSecureContext({ key: pair.key, cert: pair.cert })
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((closed) => {
      this.#server.close(() => closed())
    })
  }
}
