// The parts of the automation screen, as they stand in its address.

export const automationTabs = ['queue', 'plan', 'ahead', 'findings', 'guards', 'holds', 'policy', 'vault', 'record'] as const
export type AutomationTab = (typeof automationTabs)[number]
