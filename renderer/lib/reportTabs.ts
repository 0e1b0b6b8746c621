// The parts of the reports screen, in the order of their tabs.
import { reportNames } from '../../shared/domain/revenue/columns.ts'

export const reportTabs = ['overview', ...reportNames, 'settings'] as const
export type ReportTab = (typeof reportTabs)[number]
