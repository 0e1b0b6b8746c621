// Making a VM: where, how large (a preset or free), from which image, on which network, and what its first boot is told.
import { NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { allowsImage, sizeOfSpec } from '../../../shared/domain/productSpec.ts'
import { vmPlans } from '../../../shared/domain/vmPlans.ts'
import { DialogForm } from '../../components/DialogForm.tsx'
import { JobLine } from '../../components/estate/JobLine.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { formatBytes } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { useJob } from '../../lib/useJob.ts'
import { FirstBootFields, firstBootDefault } from './FirstBootFields.tsx'
import type { FirstBoot } from './FirstBootFields.tsx'
import { useMadeVm } from './madeVm.tsx'

interface Size {
  readonly vcpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
}

const free = 'free'
const firstPlan = vmPlans[1] ?? { id: free, vcpus: 1, memoryMiB: 1_024, diskGiB: 20 }

function sizeOf({ vcpus, memoryMiB, diskGiB }: Size): Size {
  return { vcpus, memoryMiB, diskGiB }
}

export function CreateVm({ nodeId: givenNode, close }: { readonly nodeId?: string | undefined; readonly close: () => void }) {
  const nodes = useRead('nodes.list', {}).data ?? []
  const [nodeId, setNodeId] = useState<string | null>(givenNode ?? null)
  const node = nodes.find((one) => one.id === nodeId) ?? (nodes.length === 1 ? nodes[0] : undefined)
  const [name, setName] = useState('')
  const [planId, setPlanId] = useState(firstPlan.id)
  const [size, setSize] = useState<Size>(() => sizeOf(firstPlan))
  const [imageName, setImageName] = useState<string | null>(null)
  const [networkName, setNetworkName] = useState('default')
  const [start, setStart] = useState(true)
  const [firstBoot, setFirstBoot] = useState<FirstBoot | null>(firstBootDefault)
  const create = useJob('vms.create')
  const tell = useMadeVm()
  const specs = useRead('specs.list', {}).data ?? []
  const spec = specs.find((one) => `product-${String(one.productId)}` === planId)
  const ofProducts = specs.map((one) => sizeOfSpec(one.productId, one.productName ?? `Product ${String(one.productId)}`, one))
  const sizes = [...ofProducts, ...vmPlans]
  const library = useRead('images.list', { nodeId: node?.id ?? '' }, { enabled: node !== undefined })
  const networks = useRead('networks.list', { nodeId: node?.id ?? '' }, { enabled: node !== undefined })
  const images = (library.data?.images ?? []).filter(
    (image) => image.diskOf === null && !/-disk-\d+\.qcow2$|-cloudinit\.iso$/.test(image.name),
  )
  const capacity = node?.capacity
  const freeKiB = capacity ? capacity.memoryTotalKiB - capacity.memoryCommittedKiB : null
  const tooLarge = freeKiB !== null && size.memoryMiB * 1_024 > freeKiB
  const change = (part: Partial<Size>): void => {
    setPlanId(free)
    setSize({ ...size, ...part })
  }
  const submit = (): void => {
    if (node === undefined || imageName === null) return
    const cloudInit = firstBoot === null ? null : { ...firstBoot, hostname: firstBoot.hostname === '' ? name.trim() : firstBoot.hostname }
    create.run({ ...size, nodeId: node.id, name: name.trim(), imageName, networkName, start, cloudInit }, (job) => {
      close()
      tell(job, 'made')
    })
  }
  return (
    <DialogForm
      verb="Make the VM"
      busy={create.busy}
      disabled={node === undefined || name.trim() === '' || imageName === null}
      error={create.error}
      onSubmit={submit}
      close={close}
    >
      <div className="fields">
        <Select
          label="Node"
          searchable
          required
          value={node?.id ?? null}
          data={nodes.map((one) => ({ value: one.id, label: one.name, disabled: one.state !== 'ok' }))}
          onChange={(next) => {
            setNodeId(next)
            setImageName(null)
          }}
        />
        <TextInput
          label="Name"
          description="Letters, digits, - and _"
          required
          maxLength={64}
          data-autofocus
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
          }}
        />
      </div>
      <div className="fields">
        <Select
          label="Size"
          value={planId}
          allowDeselect={false}
          data={[
            ...(ofProducts.length === 0 ? [] : [{ group: 'Products', items: ofProducts.map((plan) => ({ value: plan.id, label: plan.name })) }]),
            { group: 'Sizes', items: [...vmPlans.map((plan) => ({ value: plan.id, label: plan.name })), { value: free, label: 'Free choice' }] },
          ]}
          onChange={(next) => {
            const plan = sizes.find((one) => one.id === next)
            setPlanId(plan?.id ?? free)
            if (plan) setSize(sizeOf(plan))
          }}
        />
        <NumberInput
          label="vCPU"
          min={1}
          max={128}
          value={size.vcpus}
          onChange={(value) => {
            change({ vcpus: Number(value) })
          }}
        />
        <NumberInput
          label="Memory, MB"
          min={64}
          max={524_288}
          step={512}
          value={size.memoryMiB}
          onChange={(value) => {
            change({ memoryMiB: Number(value) })
          }}
        />
        <NumberInput
          label="Disk, GB"
          min={1}
          max={10_000}
          value={size.diskGiB}
          onChange={(value) => {
            change({ diskGiB: Number(value) })
          }}
        />
      </div>
      {tooLarge && (
        <Note
          tone="warn"
          title={`More memory than is free on ${node?.name ?? 'the node'}: ${formatBytes((freeKiB ?? 0) * 1_024)} is not committed to running VMs.`}
        />
      )}
      <div className="fields">
        <Select
          label="Image"
          {...(spec !== undefined && imageName !== null && !allowsImage(spec, imageName)
            ? { error: `${spec.productName ?? 'The product'} is sold with ${(spec.images ?? []).join(', ')} only` }
            : {})}
          required
          searchable
          value={imageName}
          disabled={library.data === undefined}
          placeholder={library.data === undefined ? 'Reading the node’s library' : 'Choose'}
          data={images.map((image) => ({
            value: image.name,
            label: `${image.name} · ${formatBytes(image.sizeBytes)}${image.type === 'iso' ? ' · CD' : ''}`,
          }))}
          onChange={setImageName}
        />
        <Select
          label="Network"
          value={networkName}
          allowDeselect={false}
          data={[
            ...(networks.data?.networks ?? []).map((network) => ({
              value: network.name,
              label: network.isActive ? network.name : `${network.name}, not active`,
            })),
            ...(networks.data?.interfaces ?? [])
              .filter((one) => one.type === 'bridge')
              .map((one) => ({ value: one.name, label: `${one.name}, bridge` })),
            { value: '', label: 'None' },
          ]}
          onChange={(next) => {
            setNetworkName(next ?? '')
          }}
        />
      </div>
      <ErrorNotice error={library.error ?? networks.error} />
      <FirstBootFields value={firstBoot} onChange={setFirstBoot} />
      <Switch
        label="Start it"
        checked={start}
        onChange={(event) => {
          setStart(event.currentTarget.checked)
        }}
      />
      {create.busy && <JobLine jobId={create.jobId} />}
    </DialogForm>
  )
}
