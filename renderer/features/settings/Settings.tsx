// Settings: billing connection, notices, appearance, and what this installation is.
import { Page } from '../../components/Page.tsx'
import { Notices } from './notices/Notices.tsx'
import { About } from './About.tsx'
import { Appearance } from './Appearance.tsx'
import { BillingSettings } from './BillingSettings.tsx'
import { BrowserNotices } from './BrowserNotices.tsx'

export function Settings() {
  return (
    <Page title="Settings">
      <div className="stack policy">
        <BillingSettings />
        <Notices />
        <BrowserNotices />
        <Appearance />
        <About />
      </div>
    </Page>
  )
}
