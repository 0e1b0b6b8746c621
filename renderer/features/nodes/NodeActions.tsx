// What can be done with a node: check it now, maintenance, remove it.
import { Menu } from '@mantine/core'
import { IconDots, IconRefresh, IconTool, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { Button, IconButton } from '../../components/Button.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'

export function NodeActions({ node }: { readonly node: NodeRow }) {
  const check = useAct('nodes.check')
  const maintenance = useAct('nodes.setMaintenance')
  const dialogs = useDialogs()
  const onError = (error: Error): void => {
    tellFailure(node.name, error)
  }
  return (
    <div className="row">
      <Button
        icon={<Icon of={IconRefresh} />}
        busy={check.isPending}
        aria-label={`Check now: ${node.name}`}
        onClick={() => {
          check.mutate({ nodeId: node.id }, { onError })
        }}
      >
        Check now
      </Button>
      <Menu>
        <Menu.Target>
          <IconButton label={`More for ${node.name}`} icon={<Icon of={IconDots} />} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<Icon of={IconTool} />}
            onClick={() => {
              maintenance.mutate(
                { nodeId: node.id, on: !node.maintenance },
                {
                  onSuccess: (row) => {
                    tellDone(
                      row.name,
                      row.maintenance
                        ? 'In maintenance: automation stops nothing here. Payers are still given back.'
                        : 'Out of maintenance.',
                    )
                  },
                  onError,
                },
              )
            }}
          >
            {node.maintenance ? 'End maintenance' : 'Begin maintenance'}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<Icon of={IconTrash} />}
            onClick={() => {
              dialogs.open(`Remove ${node.name}`, (close) => <RemoveNode node={node} close={close} />)
            }}
          >
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

function RemoveNode({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const remove = useAct('nodes.remove')
  const navigate = useNavigate()
  return (
    <ConfirmByName
      name={node.name}
      verb="Remove the node"
      busy={remove.isPending}
      error={remove.error}
      what={
        <>
          This console forgets <span className="strong">{node.name}</span>, what it saw of its {count(node.vms, 'VM')}, and its key in the
          keychain. Nothing changes on the node itself. It is refused while a VM of it is linked to a service.
        </>
      }
      onCancel={close}
      onConfirm={() => {
        remove.mutate(
          { nodeId: node.id },
          {
            onSuccess: () => {
              tellDone(`${node.name} is removed`)
              close()
              void navigate({ to: '/nodes' })
            },
          },
        )
      }}
    />
  )
}
