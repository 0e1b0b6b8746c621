// `link …`: which VM belongs to which service.
import type { Command } from 'commander'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { type Exit, perform } from '../exit.ts'
import { vmNamed } from '../names.ts'
import type { Result } from '../session.ts'
import { table } from '../terminalText.ts'
import { paymenterId } from '../values.ts'

type LinkRow = MethodOutput<'links.list'>[number]

function linkJson({ serviceId, node, name, uuid, reason, confirmed }: LinkRow) {
  return { serviceId, node, name, uuid, reason, confirmed }
}

function linksResult(links: readonly LinkRow[], empty: string): Result {
  const rows = links.map((link) => [
    link.serviceId,
    link.customerName,
    link.productName,
    `${link.node}/${link.name}`,
    link.confirmed ? 'confirmed' : link.obvious ? 'obvious' : 'suggested',
    link.reason,
  ])
  return { json: links.map(linkJson), text: table(['service', 'customer', 'product', 'vm', 'link', 'reason'], rows, empty) }
}

function linkResult(link: LinkRow, what: string): Result {
  return { json: linkJson(link), text: `Service ${link.serviceId} ${what} ${link.node}/${link.name}.` }
}

export function addLinkCommands(program: Command, exit: Exit): void {
  const link = program.command('link').description('which VM belongs to which service')

  const list = link.command('list').description('the confirmed links')
  list.action(() =>
    perform(list, exit, async ({ client }) => linksResult(await client.call('links.list', {}), 'No links are confirmed yet.')),
  )

  const suggest = link.command('suggest').description('what could be linked and is not confirmed yet')
  suggest.action(() =>
    perform(suggest, exit, async ({ client }) => linksResult(await client.call('links.suggest', {}), 'Nothing to suggest.')),
  )

  const confirm = link
    .command('confirm')
    .description('confirm one link, or everything obvious')
    .argument('[service]', 'the service’s id')
    .argument('[node/vm]', 'its VM')
    .option('--all-obvious', 'confirm every suggestion that is the only fit both ways')
  confirm.action(async (service: string | undefined, vm: string | undefined, options: { allObvious?: boolean }) => {
    if (options.allObvious) {
      if (service !== undefined) confirm.error('error: either --all-obvious, or a service and its VM')
      await perform(confirm, exit, async ({ client }) => linksResult(await client.call('links.confirmObvious', {}), 'Nothing was obvious.'))
      return
    }
    if (service === undefined || vm === undefined) return confirm.error('error: missing a service and its VM (or --all-obvious)')
    await perform(confirm, exit, async ({ client }) => {
      const serviceId = paymenterId('The service', service)
      const { nodeId, uuid } = await vmNamed(client, vm)
      return linkResult(await client.call('links.confirm', { serviceId, nodeId, uuid }), 'is linked to')
    })
  })

  const cover = link
    .command('cover')
    .description('it was suspended before this console came: payment shall start its VM')
    .argument('<service>')
  cover.action((service: string) =>
    perform(cover, exit, async ({ client }) =>
      linkResult(await client.call('links.cover', { serviceId: paymenterId('The service', service) }), 'is suspended: payment starts'),
    ),
  )

  const remove = link.command('remove').description('take a link away').argument('<service>')
  remove.action((service: string) =>
    perform(remove, exit, async ({ client }) =>
      linkResult(await client.call('links.remove', { serviceId: paymenterId('The service', service) }), 'is no longer linked to'),
    ),
  )
}
