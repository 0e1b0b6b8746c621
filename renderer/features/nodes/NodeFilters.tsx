// libvirt's network filters on a node: seen, made and changed; Flint cannot put one on a VM.
import { NumberInput, Select, TextInput } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodInput, MethodOutput } from '../../../shared/contract/index.ts'
import { Button, IconButton } from '../../components/Button.tsx'
import { DialogForm } from '../../components/DialogForm.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

type Filter = MethodOutput<'filters.list'>[number]
type Rule = MethodInput<'filters.put'>['rules'][number]

const newRule: Rule = {
  action: 'accept',
  direction: 'in',
  priority: 500,
  protocol: 'tcp',
  sourceAddress: '',
  destinationAddress: '',
  sourcePort: '',
  destinationPort: '',
}

export function NodeFilters({ node }: { readonly node: NodeRow }) {
  const filters = useRead('filters.list', { nodeId: node.id })
  const dialogs = useDialogs()
  const edit = (filter: Filter | null): void => {
    dialogs.open(filter === null ? 'New filter' : filter.name, (close) => <FilterForm node={node} filter={filter} close={close} />, 760)
  }
  return (
    <Panel
      title="Filters"
      note="Flint can define them, but not put one on a VM: that is done with virsh on the node"
      actions={
        <Button
          icon={<Icon of={IconPlus} />}
          onClick={() => {
            edit(null)
          }}
        >
          New filter
        </Button>
      }
    >
      {filters.data === undefined ? (
        filters.error === null ? (
          <Skeleton lines={3} />
        ) : (
          <ErrorNotice error={filters.error} />
        )
      ) : (
        <div className="panel-scroll">
          <table className="plain">
            <tbody>
              {filters.data.map((filter) => (
                <tr key={filter.name}>
                  <td className="strong">{filter.name}</td>
                  <td className="muted">
                    {filter.isEditable
                      ? count(filter.rules.length, 'rule')
                      : filter.includes.length > 0
                        ? `includes ${filter.includes.join(', ')}`
                        : 'more than Flint’s form can express'}
                  </td>
                  <td>{filter.usedBy.length === 0 ? <span className="faint">on no VM</span> : filter.usedBy.join(', ')}</td>
                  <td className="end">
                    <IconButton
                      label={`Change ${filter.name}`}
                      icon={<Icon of={IconPencil} />}
                      disabled={!filter.isEditable}
                      onClick={() => {
                        edit(filter)
                      }}
                    />
                    <IconButton
                      label={`Delete ${filter.name}`}
                      icon={<Icon of={IconTrash} />}
                      disabled={filter.usedBy.length > 0}
                      onClick={() => {
                        dialogs.open('Delete a filter', (close) => <DeleteFilter node={node} filter={filter} close={close} />)
                      }}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}

function FilterForm({ node, filter, close }: { readonly node: NodeRow; readonly filter: Filter | null; readonly close: () => void }) {
  const put = useAct('filters.put')
  const [name, setName] = useState(filter?.name ?? '')
  const [rules, setRules] = useState<readonly Rule[]>(filter?.rules ?? [newRule])
  const change = (index: number, part: Partial<Rule>): void => {
    setRules(rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)))
  }
  return (
    <DialogForm
      verb="Define it"
      busy={put.isPending}
      disabled={name.trim() === ''}
      error={put.error}
      onSubmit={() => {
        put.mutate(
          { nodeId: node.id, name: name.trim(), rules: [...rules], replace: filter !== null },
          {
            onSuccess: () => {
              tellDone(`The filter ${name.trim()} is defined on ${node.name}`)
              close()
            },
          },
        )
      }}
      close={close}
    >
      {filter === null && (
        <TextInput
          label="Name"
          required
          maxLength={64}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
          }}
        />
      )}
      {rules.map((rule, index) => (
        <div key={index} className="fields">
          <Select
            label="Then"
            allowDeselect={false}
            value={rule.action}
            data={['accept', 'drop', 'reject']}
            onChange={(value) => {
              change(index, { action: value ?? 'accept' })
            }}
          />
          <Select
            label="Way"
            allowDeselect={false}
            value={rule.direction}
            data={['in', 'out', 'inout']}
            onChange={(value) => {
              change(index, { direction: value ?? 'in' })
            }}
          />
          <Select
            label="Protocol"
            allowDeselect={false}
            value={rule.protocol}
            data={['tcp', 'udp', 'icmp', 'all']}
            onChange={(value) => {
              change(index, { protocol: value ?? 'tcp' })
            }}
          />
          <TextInput
            label="From"
            value={rule.sourceAddress}
            onChange={(event) => {
              change(index, { sourceAddress: event.currentTarget.value.trim() })
            }}
          />
          <TextInput
            label="To"
            value={rule.destinationAddress}
            onChange={(event) => {
              change(index, { destinationAddress: event.currentTarget.value.trim() })
            }}
          />
          <TextInput
            label="To port"
            value={rule.destinationPort}
            onChange={(event) => {
              change(index, { destinationPort: event.currentTarget.value.trim() })
            }}
          />
          <NumberInput
            label="Priority"
            min={-1_000}
            max={1_000}
            value={rule.priority}
            onChange={(value) => {
              change(index, { priority: Number(value) })
            }}
          />
          <IconButton
            label={`Remove rule ${String(index + 1)}`}
            icon={<Icon of={IconTrash} />}
            onClick={() => {
              setRules(rules.filter((_, at) => at !== index))
            }}
          />
        </div>
      ))}
      <div>
        <Button
          icon={<Icon of={IconPlus} />}
          onClick={() => {
            setRules([...rules, newRule])
          }}
        >
          Add a rule
        </Button>
      </div>
    </DialogForm>
  )
}

function DeleteFilter({ node, filter, close }: { readonly node: NodeRow; readonly filter: Filter; readonly close: () => void }) {
  const remove = useAct('filters.delete')
  return (
    <ConfirmByName
      name={filter.name}
      verb="Delete the filter"
      busy={remove.isPending}
      error={remove.error}
      what={<p>It is taken away from {node.name}. No VM there is seen to use it.</p>}
      onCancel={close}
      onConfirm={() => {
        remove.mutate({ nodeId: node.id, name: filter.name, confirm: filter.name }, { onSuccess: close })
      }}
    />
  )
}
