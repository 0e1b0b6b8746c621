// What follows when a VM was made or reinstalled: it is said, and its password is offered once.
import { createdVm } from '../../../shared/contract/operations.ts'
import type { Job } from '../../../shared/contract/index.ts'
import { useDialogs } from '../../lib/dialogs.tsx'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { PasswordOnce } from './PasswordOnce.tsx'

/** Tells the end of a job whose result is a new VM. */
export function useMadeVm(): (job: Job, what: string) => void {
  const dialogs = useDialogs()
  return (job, what) => {
    const made = createdVm.safeParse(job.result).data
    if (made === undefined) return
    const { passwordId, name, warning } = made
    if (warning === null) tellDone(`${name} is ${what}`)
    else tellFailure(`${name} is ${what}, but`, { code: 'vm.warning', message: warning })
    if (passwordId !== null) dialogs.open(`Password of ${name}`, (close) => <PasswordOnce id={passwordId} vmName={name} close={close} />)
  }
}
