// A node's image library: what VMs are built on each, import and download, and deletion that says what it breaks.
import { SegmentedControl, TextInput } from '@mantine/core'
import { IconDownload, IconFileImport, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button, IconButton } from '../../components/Button.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { JobLine } from '../../components/estate/JobLine.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count, formatBytes } from '../../lib/formatSize.ts'
import { useJobs } from '../../lib/jobs.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { useJob } from '../../lib/useJob.ts'

type Library = MethodOutput<'images.list'>
type Image = Library['images'][number]

export function NodeImages({ node }: { readonly node: NodeRow }) {
  const library = useRead('images.list', { nodeId: node.id })
  const dialogs = useDialogs()
  const running = useJobs().filter((job) => job.kind === 'image' && job.state === 'running' && job.title.endsWith(` on ${node.name}`))
  if (library.data === undefined) return library.error === null ? <Skeleton /> : <ErrorNotice error={library.error} />
  const images = library.data.images.filter((image) => image.diskOf === null && !/-disk-\d+\.qcow2$|-cloudinit\.iso$/.test(image.name))
  return (
    <>
      <ErrorNotice error={library.error} />
      {running.map((job) => (
        <div key={job.id}>
          <p className="muted">{job.title}</p>
          <JobLine jobId={job.id} inBytes />
        </div>
      ))}
      <Panel
        title="Library"
        note={`${count(images.length, 'image')}; the disks of VMs, which Flint lists here too, are left out`}
        actions={
          <Button
            icon={<Icon of={IconFileImport} />}
            onClick={() => {
              dialogs.open(`Add an image to ${node.name}`, (close) => <AddImage node={node} close={close} />)
            }}
          >
            Add an image
          </Button>
        }
      >
        <div className="panel-scroll">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Image</th>
                <th scope="col">Is</th>
                <th scope="col">VMs built on it</th>
                <th scope="col" className="end">
                  Size
                </th>
                <th scope="col">
                  <span className="hidden-words">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {images.map((image) => (
                <tr key={image.name}>
                  <td className="mono" title={image.path}>
                    {image.name}
                  </td>
                  <td className="muted">{image.type === 'iso' ? 'CD' : 'template'}</td>
                  <td>
                    {image.builtOn.length + image.inDriveOf.length === 0 ? (
                      <span className="faint">none known</span>
                    ) : (
                      count(image.builtOn.length + image.inDriveOf.length, 'VM')
                    )}
                  </td>
                  <td className="end">{formatBytes(image.sizeBytes)}</td>
                  <td className="end">
                    <IconButton
                      label={`Delete ${image.name}`}
                      icon={<Icon of={IconTrash} />}
                      onClick={() => {
                        dialogs.open('Delete an image', (close) => <DeleteImage node={node} image={image} close={close} />)
                      }}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Offers node={node} offers={library.data.offers} />
    </>
  )
}

function Offers({ node, offers }: { readonly node: NodeRow; readonly offers: Library['offers'] }) {
  const download = useJob('images.download')
  return (
    <Panel title="To download" note="Flint’s own list; the node fetches it, and tells little on the way">
      {download.error !== null && <ErrorNotice error={download.error} />}
      <div className="panel-scroll">
        <table className="plain">
          <tbody>
            {offers.map((offer) => (
              <tr key={offer.id}>
                <td className="strong">{offer.name}</td>
                <td className="cut-cell muted" title={offer.url}>
                  {offer.description}
                </td>
                <td className="end">{formatBytes(offer.sizeBytes)}</td>
                <td className="end">
                  {offer.inLibrary ? (
                    <span className="muted">in the library</span>
                  ) : (
                    <Button
                      icon={<Icon of={IconDownload} />}
                      onClick={() => {
                        download.run({ nodeId: node.id, source: { kind: 'offer', id: offer.id } }, () => {
                          tellDone(`${offer.name} is in the library of ${node.name}`)
                        })
                      }}
                    >
                      {offer.hasFile ? 'Under way, or broken off' : 'Download'}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function AddImage({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const importFile = useJob('images.import')
  const download = useJob('images.download')
  const [from, setFrom] = useState('file')
  const [path, setPath] = useState('')
  const [url, setUrl] = useState('')
  const [name, setName] = useState('')
  const job = from === 'file' ? importFile : download
  const done = (): void => {
    tellDone(`The image is in the library of ${node.name}`)
    close()
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (from === 'file') importFile.run({ nodeId: node.id, path: path.trim() }, done)
        else download.run({ nodeId: node.id, source: { kind: 'url', url: url.trim(), name: name.trim() } }, done)
      }}
    >
      <SegmentedControl
        value={from}
        onChange={setFrom}
        data={[
          { value: 'file', label: 'A file of the node' },
          { value: 'url', label: 'From the web' },
        ]}
      />
      {from === 'file' ? (
        <TextInput
          label="Path on the node"
          placeholder="/srv/images/debian-12.qcow2"
          required
          spellCheck={false}
          value={path}
          onChange={(event) => {
            setPath(event.currentTarget.value)
          }}
        />
      ) : (
        <>
          <TextInput
            label="Address"
            placeholder="https://…/image.qcow2"
            required
            spellCheck={false}
            value={url}
            onChange={(event) => {
              const next = event.currentTarget.value
              setUrl(next)
              setName(next.split(/[?#]/)[0]?.split('/').at(-1) ?? '')
            }}
          />
          <TextInput
            label="Name"
            description="Flint puts a prefix and a number of its own before it"
            required
            spellCheck={false}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value)
            }}
          />
        </>
      )}
      <p className="muted">
        The node copies or downloads within one request: it can take minutes, and Flint tells nothing on the way. It goes on when this
        dialog is closed.
      </p>
      {job.busy && <JobLine jobId={job.jobId} />}
      <ErrorNotice error={job.error} />
      <div className="dialog-actions">
        <Button onClick={close}>{job.busy ? 'Close' : 'Cancel'}</Button>
        <Button kind="primary" type="submit" busy={job.busy}>
          Add it
        </Button>
      </div>
    </form>
  )
}

function DeleteImage({ node, image, close }: { readonly node: NodeRow; readonly image: Image; readonly close: () => void }) {
  const remove = useAct('images.delete')
  const broken = image.builtOn.length
  return (
    <ConfirmByName
      name={image.name}
      verb={broken > 0 ? `Delete it and break ${count(broken, 'VM')}` : 'Delete the image'}
      busy={remove.isPending}
      error={remove.error}
      what={
        <div className="stack">
          <p>
            {formatBytes(image.sizeBytes)} on {node.name}.
          </p>
          {broken > 0 ? (
            <Note
              tone="bad"
              title={`${image.builtOn.join(', ')} ${broken === 1 ? 'is' : 'are'} built on it and will not start again: their disks hold only what differs from it.`}
            />
          ) : (
            <Note
              tone="warn"
              title="No VM is known to be built on it. Flint shows that of running VMs only, and this console knows those that it made."
            />
          )}
        </div>
      }
      onCancel={close}
      onConfirm={() => {
        remove.mutate(
          { nodeId: node.id, name: image.name, confirm: image.name, breaks: broken },
          {
            onSuccess: () => {
              tellDone(`${image.name} is deleted`)
              close()
            },
          },
        )
      }}
    />
  )
}
