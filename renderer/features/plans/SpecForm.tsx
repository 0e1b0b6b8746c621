// What machine a product stands for: a preset or free figures; with trial days, what automation makes of them.
import { NumberInput, SegmentedControl, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { backupRhythms, presetOfName, specPresets } from '../../../shared/domain/productSpec.ts'
import type { ProductSpec } from '../../../shared/domain/productSpec.ts'
import { Button } from '../../components/Button.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { formatMoneyShort } from '../../lib/formatMoney.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'

type ProductRow = MethodOutput<'billing.products'>['rows'][number]
export type SpecRow = MethodOutput<'specs.list'>[number]

const fallback: ProductSpec = { vcpus: 1, isCpuShared: false, memoryMiB: 1_024, diskGiB: 20, bandwidthGB: null, images: null, snapshotsKept: null, backups: 'none', trialDays: null }

function ofRow({ productId: _id, productName: _name, updatedAt: _at, ...spec }: SpecRow): ProductSpec {
  return spec
}

function namesIn(text: string): string[] | null {
  const names = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  return names.length === 0 ? null : names
}

function isSame(a: ProductSpec, b: ProductSpec): boolean {
  return Object.keys(a).every((key) => JSON.stringify(Reflect.get(a, key)) === JSON.stringify(Reflect.get(b, key)))
}

/** Automation's own trial of a product, as its policy has it now. */
function usePolicyTrial(productId: number): string | null {
  const policy = useRead('policy.show', {}).data
  const own = policy?.overrides.find((entry) => entry.productId === productId && entry.customerId === null)?.values['trialDays']
  const value = own ?? policy?.values['trialDays']
  return value === undefined ? null : String(value)
}

interface SpecFormProps {
  readonly product: Pick<ProductRow, 'id' | 'name'>
  readonly known: SpecRow | undefined
  readonly close: () => void
}

export function SpecForm({ product, known, close }: SpecFormProps) {
  const suggested = presetOfName(product.name)
  const [spec, setSpec] = useState<ProductSpec>(known === undefined ? (suggested?.spec ?? fallback) : ofRow(known))
  const [images, setImages] = useState((spec.images ?? []).join(', '))
  const [intoPolicy, setIntoPolicy] = useState(true)
  const set = useAct('specs.set')
  const remove = useAct('specs.remove')
  const setPolicy = useAct('policy.set')
  const policyTrial = usePolicyTrial(product.id)
  const change = (part: Partial<ProductSpec>): void => {
    setSpec({ ...spec, ...part })
  }
  const wantsPolicy = spec.trialDays !== null && policyTrial !== null && policyTrial !== String(spec.trialDays)
  const done = (): void => {
    tellDone(`${product.name.slice(0, 60)} stands for ${String(spec.vcpus)} vCPU and ${String(spec.memoryMiB)} MB`)
    close()
  }
  const submit = (): void => {
    set.mutate(
      { productId: product.id, spec: { ...spec, images: spec.images === null ? null : [...spec.images] } },
      {
        onSuccess: () => {
          if (!wantsPolicy || !intoPolicy || spec.trialDays === null) {
            done()
            return
          }
          setPolicy.mutate(
            { productId: product.id, values: { trialDays: String(spec.trialDays) } },
            {
              onSuccess: done,
              onError: (error) => {
                tellFailure('The machine is kept; the trial was not set in the policy', error)
              },
            },
          )
        },
      },
    )
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <p className="muted">
        Kept here only: Paymenter does not know machines. New VMs may be made to it, and larger ones are shown on the leak board. No VM is changed by it.
      </p>
      <div className="row wrapping" role="group" aria-label="Presets">
        {specPresets.map((preset) => (
          <Button
            key={preset.id}
            title={`${preset.note} ${formatMoneyShort(preset.price)} a month`}
            aria-pressed={isSame(preset.spec, spec)}
            kind={isSame(preset.spec, spec) ? 'primary' : 'default'}
            onClick={() => {
              setSpec(preset.spec)
              setImages((preset.spec.images ?? []).join(', '))
            }}
          >
            {preset.name}, {formatMoneyShort(preset.price)}
          </Button>
        ))}
      </div>
      <div className="fields">
        <Figure label="vCPU" min={1} max={128} value={spec.vcpus} onChange={(vcpus) => { change({ vcpus }) }} />
        <Figure label="Memory, MB" min={64} max={4_194_304} step={512} value={spec.memoryMiB} onChange={(memoryMiB) => { change({ memoryMiB }) }} />
        <Figure label="Disk, GB" min={1} max={100_000} value={spec.diskGiB} onChange={(diskGiB) => { change({ diskGiB }) }} />
      </div>
      <Switch
        label="The vCPU is shared"
        description="Sold as a part of one: a node gives whole ones, so it is one that others use too"
        checked={spec.isCpuShared}
        onChange={(event) => {
          change({ isCpuShared: event.currentTarget.checked })
        }}
      />
      <div className="fields">
        <OptionalFigure label="Traffic a month, GB" none="not limited" min={1} value={spec.bandwidthGB} onChange={(bandwidthGB) => { change({ bandwidthGB }) }} />
        <OptionalFigure label="Snapshots kept" none="not limited" min={0} value={spec.snapshotsKept} onChange={(snapshotsKept) => { change({ snapshotsKept }) }} />
        <OptionalFigure label="Trial, days" none="no trial" min={1} value={spec.trialDays} onChange={(trialDays) => { change({ trialDays }) }} />
      </div>
      <TextInput
        label="Images"
        description="Parts of their names, with commas between; empty: every image"
        placeholder="every image"
        maxLength={500}
        value={images}
        onChange={(event) => {
          setImages(event.currentTarget.value)
          change({ images: namesIn(event.currentTarget.value) })
        }}
      />
      <div>
        <div className="muted small">Backups</div>
        <SegmentedControl
          aria-label="Backups"
          value={spec.backups}
          data={backupRhythms.map((rhythm) => ({ value: rhythm, label: rhythm }))}
          onChange={(next) => {
            change({ backups: backupRhythms.find((rhythm) => rhythm === next) ?? 'none' })
          }}
        />
      </div>
      {wantsPolicy && spec.trialDays !== null && (
        <Note tone="accent" title={`Automation’s trial for this product is ${policyTrial === 'off' ? 'off' : `${policyTrial} days`}.`}>
          <Switch
            label={`Set it to ${String(spec.trialDays)} days too: free services of it are then suspended that long after their creation, unless upgraded`}
            checked={intoPolicy}
            onChange={(event) => {
              setIntoPolicy(event.currentTarget.checked)
            }}
          />
        </Note>
      )}
      <ErrorNotice error={set.error ?? remove.error} />
      <div className="dialog-actions">
        {known !== undefined && (
          <Button
            kind="danger"
            busy={remove.isPending}
            onClick={() => {
              remove.mutate({ productId: product.id }, { onSuccess: close })
            }}
          >
            Take it away
          </Button>
        )}
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" busy={set.isPending || setPolicy.isPending}>
          Keep
        </Button>
      </div>
    </form>
  )
}

interface FigureProps<T> {
  readonly label: string
  readonly min: number
  readonly max?: number
  readonly step?: number
  readonly value: T
  readonly onChange: (value: T) => void
}

function Figure({ label, min, max = 10_000_000, step = 1, value, onChange }: FigureProps<number>) {
  return (
    <NumberInput
      label={label}
      min={min}
      max={max}
      step={step}
      allowDecimal={false}
      value={value}
      onChange={(next) => {
        if (typeof next === 'number') onChange(next)
      }}
    />
  )
}

function OptionalFigure({ label, none, min, value, onChange }: FigureProps<number | null> & { readonly none: string }) {
  return (
    <NumberInput
      label={label}
      placeholder={none}
      min={min}
      allowDecimal={false}
      value={value ?? ''}
      onChange={(next) => {
        onChange(typeof next === 'number' ? next : null)
      }}
    />
  )
}
