// A demo estate in a process of its own, so that its work does not fall on what is measured. Options and questions come as messages.
import { startEstate, type Estate, type EstateOptions } from '../../demo/estate.ts'

export type EstateQuestion = { readonly kind: 'start'; readonly options: EstateOptions } | { readonly kind: 'requests' } | { readonly kind: 'forget-requests' }

let estate: Estate | null = null

async function answer(question: EstateQuestion): Promise<unknown> {
  switch (question.kind) {
    case 'start':
      estate = await startEstate(question.options)
      return estate.connect
    case 'requests':
      return estate?.billing.requests.map((request) => ({ method: request.method, path: request.path })) ?? []
    case 'forget-requests':
      estate?.billing.requests.splice(0)
      return null
  }
}

process.on('message', (question: EstateQuestion) => {
  answer(question).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => {
  void estate?.stop()
})
