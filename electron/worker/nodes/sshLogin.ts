// How an SSH server is convinced of us: by an agent, or by a key file whose passphrase is in the keychain.
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type * as Ssh from 'ssh2'
import { wordOf } from '../http/peerConnect.ts'
import { sshAgentMissing, sshKeyFile, sshPassphrase } from './accessFailures.ts'

export type SshLibrary = typeof Ssh
export type SshAuth = { readonly kind: 'agent' } | { readonly kind: 'key-file'; readonly path: string }

const longestKeyBytes = 64 * 1024

/** Loaded on first use: most installations have no tunnel. */
export async function loadSsh(): Promise<SshLibrary> {
  const loaded: SshLibrary & { readonly default?: SshLibrary } = await import('ssh2')
  return loaded.default ?? loaded
}

/** What to connect with. Throws `node.ssh-agent`, `node.ssh-key-file`, `node.ssh-passphrase`, `keychain.*`. */
export async function loginOf(
  auth: SshAuth,
  { passphrase, agentSocket }: { readonly passphrase: () => Promise<string | null>; readonly agentSocket: () => string | undefined },
): Promise<Pick<Ssh.ConnectConfig, 'agent' | 'privateKey' | 'passphrase' | 'authHandler'>> {
  if (auth.kind === 'agent') return { agent: await usableAgent(agentSocket()), authHandler: ['agent'] }
  const privateKey = await readKey(auth.path)
  const secret = await passphrase()
  const { utils } = await loadSsh()
  const parsed = utils.parseKey(privateKey, secret ?? undefined)
  if (parsed instanceof Error) {
    if (/no passphrase given/.test(parsed.message)) throw sshPassphrase(auth.path, false)
    if (/passphrase|decrypt|integrity check/.test(parsed.message)) throw sshPassphrase(auth.path, true)
    throw sshKeyFile(auth.path, 'it is no private key of a kind that is known here')
  }
  if (!parsed.isPrivateKey()) throw sshKeyFile(auth.path, 'it is a public key')
  return { privateKey, ...(secret === null ? {} : { passphrase: secret }), authHandler: ['publickey'] }
}

async function usableAgent(socket: string | undefined): Promise<string> {
  if (socket === undefined || socket === '') throw sshAgentMissing('SSH_AUTH_SOCK is not set')
  try {
    await stat(socket)
  } catch (error) {
    throw sshAgentMissing(wordOf(error))
  }
  return socket
}

async function readKey(path: string): Promise<Buffer> {
  const file = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
  try {
    const state = await stat(file)
    if (!state.isFile()) throw sshKeyFile(path, 'it is no file')
    if (state.size > longestKeyBytes) throw sshKeyFile(path, 'it is too large for a key')
    return await readFile(file)
  } catch (error) {
    const word = wordOf(error)
    if (word === 'ENOENT') throw sshKeyFile(path, 'there is no such file')
    if (word === 'EACCES') throw sshKeyFile(path, 'this user may not read it')
    throw error
  }
}
