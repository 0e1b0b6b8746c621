// A ticket's conversation, oldest first, with the answer below; status and priority are set where they are shown.
import { Select, Switch, Textarea } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { Missing } from '../../components/billing/Missing.tsx'
import { Button } from '../../components/Button.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { CustomerLink } from '../../components/estate/links.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useRefusal } from '../../lib/permissions.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { useRemembered } from '../../lib/remembered.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'

type Ticket = MethodOutput<'billing.ticket'>
const statuses = ['open', 'replied', 'closed'] as const
const mostUsers = 20_000
const priorities = ['low', 'medium', 'high'] as const

function choices(known: readonly string[], current: string): string[] {
  return known.includes(current) ? [...known] : [current, ...known]
}

export function Conversation({ ticketId }: { readonly ticketId: number }) {
  const read = useRead('billing.ticket', { id: ticketId })
  if (read.data === undefined) return read.error === null ? <Skeleton /> : <ErrorNotice error={read.error} />
  const { ticket, messages, missing } = read.data
  return (
    <>
      <Facts rows={[['Customer', <CustomerLink key="customer" id={ticket.customerId} name={ticket.customerName} />], ['Opened', <Instant key="opened" at={ticket.createdAt} />]]} />
      <StatusAndPriority ticket={ticket} />
      <div className="sub-head">Conversation</div>
      <Missing list={missing} />
      <ol className="conversation" aria-label="Messages">
        {messages.map((message) => (
          <li key={message.id} className={message.byCustomer === false ? 'ours' : ''}>
            <header>
              <span className="cut-end">{message.authorName ?? (message.byCustomer === false ? 'Staff' : (ticket.customerName ?? 'unknown'))}</span>
              <Instant at={message.createdAt} />
            </header>
            {message.message}
          </li>
        ))}
      </ol>
      {!ticket.gone && missing === null && <Reply ticket={ticket} messages={messages} />}
    </>
  )
}

function StatusAndPriority({ ticket }: { readonly ticket: Ticket['ticket'] }) {
  const refusal = useRefusal('tickets.update')
  const setStatus = useAct('billing.setTicketStatus')
  const setPriority = useAct('billing.setTicketPriority')
  const failed = (error: Error): void => {
    tellFailure('The ticket was not changed', error)
  }
  return (
    <div className="panel-body stack tight">
      <div className="fields">
        <Select
          label="Status"
          allowDeselect={false}
          disabled={refusal !== null || setStatus.isPending || ticket.gone}
          value={ticket.status}
          data={choices(statuses, ticket.status)}
          onChange={(next) => {
            const status = statuses.find((one) => one === next)
            if (status === undefined || status === ticket.status) return
            setStatus.mutate(
              { ticketId: ticket.id, status, expected: { status: ticket.status } },
              {
                onSuccess: (seen) => {
                  tellDone(`Ticket #${String(ticket.id)} is seen ${seen.ticket.status}`)
                },
                onError: failed,
              },
            )
          }}
        />
        <Select
          label="Priority"
          allowDeselect={false}
          disabled={refusal !== null || setPriority.isPending || ticket.gone}
          value={ticket.priority}
          data={choices(priorities, ticket.priority)}
          onChange={(next) => {
            const priority = priorities.find((one) => one === next)
            if (priority === undefined || priority === ticket.priority) return
            setPriority.mutate(
              { ticketId: ticket.id, priority, expected: { priority: ticket.priority } },
              {
                onSuccess: (seen) => {
                  tellDone(`Ticket #${String(ticket.id)} is seen with priority ${seen.ticket.priority}`)
                },
                onError: failed,
              },
            )
          }}
        />
      </div>
      {refusal !== null && <Note tone="warn" title={refusal} />}
    </div>
  )
}

function isNumber(stored: unknown): stored is number {
  return typeof stored === 'number'
}

/** Every user but the ticket's own customer: Paymenter does not say who is staff. */
function useAuthors(customerId: number | null): { value: string; label: string }[] {
  const users = useRead('billing.customers', { limit: mostUsers }).data?.rows
  return useMemo(
    () =>
      (users ?? []).flatMap((user) =>
        user.id === customerId ? [] : [{ value: String(user.id), label: `${`${user.firstName ?? ''} ${user.lastName ?? ''}`.trim()} ${user.email}`.trim().slice(0, 120) }],
      ),
    [users, customerId],
  )
}

function Reply({ ticket, messages }: Pick<Ticket, 'ticket' | 'messages'>) {
  const refusal = useRefusal('ticket_messages.create')
  const mayClose = useRefusal('tickets.update') === null
  const [text, setText] = useState('')
  const [closing, setClosing] = useState(false)
  const reply = useAct('billing.replyToTicket')
  const authors = useAuthors(ticket.customerId)
  const usual = useRead('notices.settings', {}).data?.ticket?.authorId ?? null
  const [chosen, setChosen] = useRemembered<number | null>('ticket-author', isNumber, null)
  const authorId = [chosen, usual].find((id) => id !== null && id !== ticket.customerId) ?? null
  return (
    <form
      className="panel-body stack tight"
      onSubmit={(event) => {
        event.preventDefault()
        reply.mutate(
          {
            ticketId: ticket.id,
            message: text.trim(),
            expected: { lastMessageId: messages.at(-1)?.id ?? null },
            ...(authorId === null ? {} : { authorId }),
            ...(mayClose ? { status: closing ? ('closed' as const) : ('replied' as const) } : {}),
          },
          {
            onSuccess: (seen) => {
              tellDone(`Ticket #${String(ticket.id)} is answered`, `Seen ${seen.ticket.status}, with ${String(seen.messages.length)} messages.`)
              setText('')
            },
          },
        )
      }}
    >
      {refusal !== null && <Note tone="warn" title={refusal} />}
      <Textarea
        label="Answer"
        description={`${ticket.customerName ?? 'The customer'} sees it, and Paymenter may mail it`}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={5_000}
        disabled={refusal !== null}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
        }}
      />
      <Select
        label="In the name of"
        description="Your own user of Paymenter"
        searchable
        limit={40}
        disabled={refusal !== null}
        placeholder="Choose your user"
        nothingFoundMessage="No user fits"
        data={authors}
        value={authorId === null ? null : String(authorId)}
        onChange={(next) => {
          setChosen(next === null ? null : Number(next))
        }}
      />
      <ErrorNotice error={reply.error} />
      <div className="row between">
        <Switch
          label="Close it"
          disabled={!mayClose}
          checked={closing}
          onChange={(event) => {
            setClosing(event.currentTarget.checked)
          }}
        />
        <Button kind="primary" type="submit" busy={reply.isPending} disabled={text.trim() === '' || refusal !== null || authorId === null}>
          Send the answer
        </Button>
      </div>
    </form>
  )
}
