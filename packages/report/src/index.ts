export { type ReportOptions, reportPage } from './archive-page.ts'
export type { LimitUse, RunCost } from './run-facts.ts'
export { type YearArchive, type YearChain, type YearFinding, type YearSeal, yearChains } from './year.ts'
export { type YearPageOptions, yearPage } from './year-page.ts'
