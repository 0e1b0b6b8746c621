// `node …`: add, list, check, maintenance, remove.
import type { Command } from 'commander'
import { type Exit, perform } from '../exit.ts'
import { type NodeRow, nodeNamed } from '../names.ts'
import { promptForSecret, secretFromStdin } from '../secretInput.ts'
import type { Result } from '../session.ts'
import { fields, table } from '../terminalText.ts'
import { failureJson, isoOf, oneOf, timeText } from '../values.ts'

function nodeJson(node: NodeRow) {
  return {
    id: node.id,
    name: node.name,
    url: node.url,
    state: node.state,
    lastSeenAt: isoOf(node.lastSeenAt),
    vms: node.vms,
    findings: findingsOf(node).map(failureJson),
  }
}

/** What is wrong with the node comes first. */
function findingsOf(node: NodeRow) {
  return node.problem === null ? node.findings : [node.problem, ...node.findings]
}

function findingsText(nodes: readonly NodeRow[]): string {
  const lines = nodes.flatMap((node) =>
    findingsOf(node).flatMap(({ message, hint }) => [`${node.name}: ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])]),
  )
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`
}

function listResult(nodes: readonly NodeRow[]): Result {
  const rows = nodes.map((node) => [node.name, node.state, node.vms, timeText(node.lastSeenAt), node.url])
  return {
    json: nodes.map(nodeJson),
    text: table(['node', 'state', 'vms', 'last seen', 'address'], rows, 'No nodes yet. Add one with `node add`.') + findingsText(nodes),
  }
}

function nodeResult(node: NodeRow): Result {
  const text = fields([
    ['node', node.name],
    ['address', node.url],
    ['state', node.state],
    ['vms', node.vms],
    ['last seen', timeText(node.lastSeenAt)],
  ])
  return { json: nodeJson(node), text: text + findingsText([node]) }
}

interface AddOptions {
  readonly name: string
  readonly url: string
  readonly keyStdin?: boolean
  readonly passphraseStdin?: boolean
}

async function secretOf(options: AddOptions, command: Command): Promise<{ kind: 'key' | 'passphrase'; value: string }> {
  if (options.keyStdin) return { kind: 'key', value: await secretFromStdin() }
  if (options.passphraseStdin) return { kind: 'passphrase', value: await secretFromStdin() }
  if (!process.stdin.isTTY) command.error('error: the node’s key is missing: --key-stdin or --passphrase-stdin')
  return { kind: 'key', value: await promptForSecret('API key of the node') }
}

export function addNodeCommands(program: Command, exit: Exit): void {
  const node = program.command('node').description('the Flint nodes')

  const add = node
    .command('add')
    .description('probe a node, then save it; its key goes into the keychain')
    .requiredOption('--name <name>', 'what it is called here')
    .requiredOption('--url <address>', 'http(s)://host[:port]')
  add.option('--key-stdin', 'read the API key from standard input')
  add.addOption(
    add.createOption('--passphrase-stdin', 'read the passphrase from standard input, and fetch the key with it').conflicts('keyStdin'),
  )
  add.action(async (options: AddOptions) => {
    const secret = await secretOf(options, add)
    await perform(add, exit, async ({ client }) =>
      nodeResult(await client.call('nodes.add', { name: options.name, url: options.url, secret })),
    )
  })

  const list = node.command('list').description('every node, as last seen')
  list.action(() => perform(list, exit, async ({ client }) => listResult(await client.call('nodes.list', {}))))

  const check = node.command('check').description('look now, at one node or all, with findings').argument('[name]')
  check.action((name: string | undefined) =>
    perform(check, exit, async ({ client }) => {
      const input = name === undefined ? {} : { nodeId: (await nodeNamed(client, name)).id }
      return listResult(await client.call('nodes.check', input))
    }),
  )

  const maintenance = node.command('maintenance').description('leave a node’s VMs alone').argument('<name>').argument('<on|off>')
  maintenance.action((name: string, state: string) =>
    perform(maintenance, exit, async ({ client }) => {
      const on = oneOf('maintenance', state, ['on', 'off']) === 'on'
      const { id } = await nodeNamed(client, name)
      return nodeResult(await client.call('nodes.setMaintenance', { nodeId: id, on }))
    }),
  )

  const remove = node.command('remove').description('forget a node and its key').argument('<name>')
  remove.action((name: string) =>
    perform(remove, exit, async ({ client }) => {
      const row = await nodeNamed(client, name)
      await client.call('nodes.remove', { nodeId: row.id })
      return { json: nodeJson(row), text: `${row.name} is forgotten, and its key is removed from the keychain.` }
    }),
  )
}
