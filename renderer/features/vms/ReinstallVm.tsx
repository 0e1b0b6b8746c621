// Reinstalling a VM from another image: says what is lost and what stays, asks for the name.
import { NumberInput, Select, Switch } from '@mantine/core'
import { useState } from 'react'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { JobLine } from '../../components/estate/JobLine.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { formatBytes } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { useJob } from '../../lib/useJob.ts'
import { FirstBootFields, firstBootDefault } from './FirstBootFields.tsx'
import type { FirstBoot } from './FirstBootFields.tsx'
import { useMadeVm } from './madeVm.tsx'

export function ReinstallVm({ vm, close, onMade }: { readonly vm: VmRow; readonly close: () => void; readonly onMade: () => void }) {
  const library = useRead('images.list', { nodeId: vm.nodeId })
  const reinstall = useJob('vms.reinstall')
  const tell = useMadeVm()
  const [imageName, setImageName] = useState<string | null>(null)
  const storage = useRead('storage.list', { nodeId: vm.nodeId })
  const volume = storage.data?.pools.flatMap((pool) => pool.volumes).find((one) => one.kind === 'disk' && one.usedBy.includes(vm.name))
  const oldGiB = volume === undefined ? 20 : Math.max(1, Math.ceil(volume.capacityBytes / 1_073_741_824))
  const [chosenGiB, setDiskGiB] = useState<number | null>(null)
  const diskGiB = chosenGiB ?? oldGiB
  const [start, setStart] = useState(vm.state === 'running')
  const [firstBoot, setFirstBoot] = useState<FirstBoot | null>({ ...firstBootDefault, hostname: vm.name.slice(0, 64) })
  const images = (library.data?.images ?? []).filter((image) => image.type === 'template' && image.diskOf === null)
  return (
    <>
      <ConfirmByName
        name={vm.name}
        verb="Delete and reinstall"
        busy={reinstall.busy}
        error={reinstall.error}
        what={
          <div className="stack">
            <p>
              Everything on the disks of <span className="strong">{vm.name}</span>
              {vm.service?.customerName === undefined || vm.service.customerName === null ? '' : `, of ${vm.service.customerName},`} is
              lost. Its name, size, network, link, holds, notes and tags stay.
            </p>
            <Note tone="warn" title="Its UUID and its MAC address change, and with the MAC perhaps the address that DHCP gives it.">
              <p>Only its first interface and first disk are made again.</p>
            </Note>
            <div className="fields">
              <Select
                label="Image"
                required
                searchable
                value={imageName}
                data={images.map((image) => ({ value: image.name, label: `${image.name} · ${formatBytes(image.sizeBytes)}` }))}
                onChange={setImageName}
              />
              <NumberInput
                label="Disk, GB"
                description={volume === undefined ? 'The old one’s size is not known' : 'As large as the old one, unless changed'}
                min={1}
                max={10_000}
                value={diskGiB}
                onChange={(value) => {
                  setDiskGiB(Number(value))
                }}
              />
            </div>
            <ErrorNotice error={library.error} />
            <FirstBootFields value={firstBoot} onChange={setFirstBoot} />
            <Switch
              label="Start it afterwards"
              checked={start}
              onChange={(event) => {
                setStart(event.currentTarget.checked)
              }}
            />
          </div>
        }
        onCancel={close}
        onConfirm={() => {
          if (imageName === null) return
          reinstall.run({ nodeId: vm.nodeId, uuid: vm.uuid, confirm: vm.name, imageName, diskGiB, start, cloudInit: firstBoot }, (job) => {
            close()
            onMade()
            tell(job, 'reinstalled')
          })
        }}
      />
      {reinstall.busy && <JobLine jobId={reinstall.jobId} />}
    </>
  )
}
