import { folderOf } from './bag-files.ts'
import type { BagFiles, InvalidBag } from './damage-bag.ts'
import { invalidErasures } from './invalid-erasures.ts'
import { invalidForms } from './invalid-forms.ts'
import { invalidRecords } from './invalid-records.ts'
import { invalidReports } from './invalid-reports.ts'

export type { InvalidBag } from './damage-bag.ts'

/** Bags that every verifier of the format has to refuse, each with its finding. */
export const invalidBags: readonly InvalidBag[] = [
  ...invalidForms,
  ...invalidRecords,
  ...invalidReports,
  ...invalidErasures,
]

/** Writes the bag into a folder of its own, damaged. */
export function writeInvalidBag({ damage, inFolder }: InvalidBag, files: BagFiles): string {
  damage(files)
  const folder = folderOf(files)
  inFolder?.(folder)
  return folder
}
