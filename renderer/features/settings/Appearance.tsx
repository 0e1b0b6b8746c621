// How the app looks: theme and density.
import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { Facts, Panel } from '../../components/Panel.tsx'
import { isDensity, setDensity, useDensity } from '../../lib/density.ts'

export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const density = useDensity()
  return (
    <Panel title="Appearance">
      <Facts
        rows={[
          [
            'Theme',
            <SegmentedControl
              key="theme"
              aria-label="Theme"
              value={colorScheme}
              onChange={(value) => {
                if (value === 'auto' || value === 'dark' || value === 'light') setColorScheme(value)
              }}
              data={[
                { value: 'auto', label: 'System' },
                { value: 'light', label: 'Light' },
                { value: 'dark', label: 'Dark' },
              ]}
            />,
          ],
          [
            'Density',
            <SegmentedControl
              key="density"
              aria-label="Density"
              value={density}
              onChange={(value) => {
                if (isDensity(value)) setDensity(value)
              }}
              data={[
                { value: 'normal', label: 'Normal' },
                { value: 'compact', label: 'Compact' },
              ]}
            />,
          ],
        ]}
      />
    </Panel>
  )
}
