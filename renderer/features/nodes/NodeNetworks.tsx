// A node's virtual networks, its own interfaces, and libvirt's network filters.
import { Menu, TextInput } from '@mantine/core'
import { IconCircleCheck, IconDots, IconPlugConnectedX, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button, IconButton } from '../../components/Button.tsx'
import { DialogForm } from '../../components/DialogForm.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { Tag } from '../../components/Tag.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { NodeFilters } from './NodeFilters.tsx'

type Network = MethodOutput<'networks.list'>['networks'][number]

export function NodeNetworks({ node }: { readonly node: NodeRow }) {
  const networks = useRead('networks.list', { nodeId: node.id })
  const dialogs = useDialogs()
  if (networks.data === undefined) return networks.error === null ? <Skeleton /> : <ErrorNotice error={networks.error} />
  return (
    <>
      <ErrorNotice error={networks.error} />
      <Panel
        title="Networks"
        note="virtual, made by libvirt"
        actions={
          <Button
            icon={<Icon of={IconPlus} />}
            onClick={() => {
              dialogs.open(`New network on ${node.name}`, (close) => <NewNetwork node={node} close={close} />)
            }}
          >
            New network
          </Button>
        }
      >
        <div className="panel-scroll">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Network</th>
                <th scope="col">State</th>
                <th scope="col">Bridge</th>
                <th scope="col">VMs</th>
                <th scope="col">
                  <span className="hidden-words">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {networks.data.networks.map((network) => (
                <tr key={network.name}>
                  <td className="strong">{network.name}</td>
                  <td>
                    {network.isActive ? (
                      <Tag tone="ok" icon={IconCircleCheck} word="active" />
                    ) : (
                      <Tag tone="warn" icon={IconPlugConnectedX} word="not active" />
                    )}
                  </td>
                  <td className="mono">{network.bridge}</td>
                  <td title={network.usedBy.join(', ')}>
                    {network.usedBy.length === 0 ? <span className="faint">none</span> : count(network.usedBy.length, 'VM')}
                  </td>
                  <td className="end">
                    <NetworkActions node={node} network={network} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel title="Interfaces" note="of the machine itself; made and changed there">
        <div className="panel-scroll">
          <table className="plain">
            <tbody>
              {networks.data.interfaces.map((one) => (
                <tr key={one.name}>
                  <td className="mono strong">{one.name}</td>
                  <td className="muted">{one.type}</td>
                  <td>{one.state}</td>
                  <td className="mono small">{one.addresses.join(' ')}</td>
                  <td className="mono small muted">{one.mac}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <NodeFilters node={node} />
    </>
  )
}

function NetworkActions({ node, network }: { readonly node: NodeRow; readonly network: Network }) {
  const change = useAct('networks.change')
  const dialogs = useDialogs()
  const ask = (action: 'stop' | 'restart' | 'delete'): void => {
    dialogs.open(`${action === 'delete' ? 'Delete' : action === 'stop' ? 'Stop' : 'Restart'} a network`, (close) => (
      <AskNetwork node={node} network={network} action={action} close={close} />
    ))
  }
  return (
    <Menu>
      <Menu.Target>
        <IconButton label={`More for ${network.name}`} icon={<Icon of={IconDots} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          disabled={network.isActive}
          onClick={() => {
            change.mutate(
              { nodeId: node.id, name: network.name, action: 'start' },
              {
                onSuccess: () => {
                  tellDone(`${network.name} is active`)
                },
                onError: (error) => {
                  tellFailure(network.name, error)
                },
              },
            )
          }}
        >
          Start
        </Menu.Item>
        <Menu.Item
          disabled={!network.isActive}
          onClick={() => {
            ask('restart')
          }}
        >
          Restart
        </Menu.Item>
        <Menu.Item
          disabled={!network.isActive}
          onClick={() => {
            ask('stop')
          }}
        >
          Stop
        </Menu.Item>
        <Menu.Item
          color="red"
          disabled={network.usedBy.length > 0 || network.name === 'default'}
          onClick={() => {
            ask('delete')
          }}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface AskNetworkProps {
  readonly node: NodeRow
  readonly network: Network
  readonly action: 'stop' | 'restart' | 'delete'
  readonly close: () => void
}

function AskNetwork({ node, network, action, close }: AskNetworkProps) {
  const change = useAct('networks.change')
  const remove = useAct('networks.delete')
  const onSuccess = (): void => {
    tellDone(`${network.name} on ${node.name}: done`)
    close()
  }
  return (
    <ConfirmByName
      name={network.name}
      verb={action === 'delete' ? 'Delete the network' : action === 'stop' ? 'Stop the network' : 'Restart the network'}
      busy={change.isPending || remove.isPending}
      error={change.error ?? remove.error}
      what={
        <p>
          {network.usedBy.length === 0
            ? 'No VM is on it.'
            : `${network.usedBy.join(', ')} ${network.usedBy.length === 1 ? 'is' : 'are'} cut off${action === 'restart' ? '; running VMs may stay so until they are restarted' : ''}.`}
        </p>
      }
      onCancel={close}
      onConfirm={() => {
        const common = { nodeId: node.id, name: network.name, confirm: network.name }
        if (action === 'delete') remove.mutate(common, { onSuccess })
        else change.mutate({ ...common, action }, { onSuccess })
      }}
    />
  )
}

function NewNetwork({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const create = useAct('networks.create')
  const [name, setName] = useState('')
  const [bridge, setBridge] = useState('virbr1')
  return (
    <DialogForm
      verb="Make it"
      busy={create.isPending}
      disabled={name.trim() === ''}
      error={create.error}
      onSubmit={() => {
        create.mutate(
          { nodeId: node.id, name: name.trim(), bridge: bridge.trim() },
          {
            onSuccess: () => {
              tellDone(`${name.trim()} is made on ${node.name}`)
              close()
            },
          },
        )
      }}
      close={close}
    >
      <p>A network with address translation. Flint chooses its addresses, from 192.168.100.0/24 on.</p>
      <TextInput
        label="Name"
        required
        maxLength={50}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value)
        }}
      />
      <TextInput
        label="Bridge"
        description="A new one, at most 15 characters"
        required
        maxLength={15}
        value={bridge}
        onChange={(event) => {
          setBridge(event.currentTarget.value)
        }}
      />
    </DialogForm>
  )
}
