// Settings: billing connection, appearance, and what this installation is.
import { Page } from '../../components/Page.tsx'
import { Notices } from '../notices/Notices.tsx'
import { About } from './About.tsx'
import { Appearance } from './Appearance.tsx'
import { BillingSettings } from './BillingSettings.tsx'

export function Settings() {
  return (
    <Page title="Settings">
      <div className="stack policy">
        <BillingSettings />
        <Notices />
        <Appearance />
        <About />
      </div>
    </Page>
  )
}
