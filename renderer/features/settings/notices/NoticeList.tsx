// The newest notices and what became of each; those that failed or are uncertain can be sent again or withdrawn.
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { Instant } from '../../../components/Age.tsx'
import { Button } from '../../../components/Button.tsx'
import { ServiceLink } from '../../../components/estate/links.tsx'
import { MiddleCut } from '../../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../../components/Note.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { useAct, useRead } from '../../../lib/queries.ts'
import { tellFailure } from '../../../lib/tell.tsx'
import { kindNames, stateLooks } from './words.ts'

type NoticeRow = MethodOutput<'notices.list'>[number]

const shown = 50

export function NoticeList() {
  const notices = useRead('notices.list', { limit: shown })
  if (notices.data === undefined || notices.data.length === 0) return <ErrorNotice error={notices.error} />
  return (
    <table className="plain" aria-label="The newest notices">
      <thead>
        <tr>
          <th>Notice</th>
          <th>Service</th>
          <th>Customer</th>
          <th>State</th>
          <th>When</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {notices.data.map((notice) => (
          <tr key={notice.id}>
            <td>
              {kindNames[notice.kind]} <span className="muted small">{notice.channel}</span>
            </td>
            <td>
              <ServiceLink id={notice.serviceId} />
            </td>
            <td>
              <MiddleCut text={notice.customerName ?? notice.recipient ?? '–'} />
            </td>
            <td className="wrap">
              <Tag {...stateLooks[notice.state]} />
              {notice.error !== null && <div className="muted small">{notice.error.message}</div>}
            </td>
            <td>
              <Instant at={notice.sentAt ?? notice.nextAttemptAt ?? notice.updatedAt} />
            </td>
            <td className="value">
              <NoticeActions notice={notice} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function NoticeActions({ notice }: { readonly notice: NoticeRow }) {
  const retry = useAct('notices.retry')
  const withdraw = useAct('notices.withdraw')
  const failed = (error: Error): void => {
    tellFailure('That could not be done', error)
  }
  return (
    <span className="row end">
      {(notice.state === 'failed' || notice.state === 'uncertain') && (
        <Button
          busy={retry.isPending}
          aria-label={`Send notice ${String(notice.id)} again`}
          onClick={() => {
            retry.mutate({ id: notice.id }, { onError: failed })
          }}
        >
          Send again
        </Button>
      )}
      {(notice.state === 'failed' || notice.state === 'uncertain' || notice.state === 'queued') && (
        <Button
          busy={withdraw.isPending}
          aria-label={`Withdraw notice ${String(notice.id)}`}
          onClick={() => {
            withdraw.mutate({ id: notice.id }, { onError: failed })
          }}
        >
          Withdraw
        </Button>
      )}
    </span>
  )
}
