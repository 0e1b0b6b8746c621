// The parts of the automation screen, as they stand in its address.

export const automationTabs = ['queue', 'plan', 'guards', 'holds', 'policy', 'record'] as const
export type AutomationTab = (typeof automationTabs)[number]
