export { type ReportOptions, reportPage } from './archive-page.ts'
export type { LimitUse, RunCost } from './run-facts.ts'
