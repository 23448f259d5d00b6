export type { Field } from './assumptions.ts'
export {
  type ClassicExport,
  type ClassicExportOptions,
  type ClassicInventory,
  type ClassicRow,
  classicExport,
} from './classic-export.ts'
export { isClassicPart } from './classic-parts.ts'
export type { FieldColumns } from './columns.ts'
export { defaultLimits, type ExportLimits } from './limits.ts'
export { defaultMapping, type ExportMapping, loadMapping } from './mapping.ts'
export {
  type InspectedFile,
  type InspectedTable,
  type InspectOptions,
  type MappingProposal,
  proposeMapping,
} from './propose-mapping.ts'
export { type ExportOptions, exportConversations, exportReader } from './source.ts'
