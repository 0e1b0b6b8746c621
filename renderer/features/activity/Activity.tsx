// One timeline of the whole fleet: what every Flint says that it did.
import { Page } from '../../components/Page.tsx'
import { ActivityTable } from '../../components/estate/ActivityTable.tsx'

export function Activity() {
  return (
    <Page title="Activity" filled>
      <ActivityTable />
    </Page>
  )
}
