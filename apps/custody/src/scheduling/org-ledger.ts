import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Ledger, openLedger } from '@custody/ledger'
import { CustodyError } from '@custody/pipeline'
import type { Window } from '@custody/schedule'
import { orgState } from '../config/org-state.ts'

/**
 * Opens the ledger of an org without its key: runs, windows and gaps can be looked at, and the file mended. Null where nothing was
 * ever archived. Looks only, also while another process writes, unless told otherwise.
 *
 * @throws CustodyError `LEDGER_…`
 */
export async function lookIntoLedger(
  stateDirectory: string,
  alias: string,
  { readOnly = true }: { readonly readOnly?: boolean } = {},
): Promise<Ledger | null> {
  const directory = orgState(stateDirectory, alias)
  // Opened to write it would be made.
  if (!existsSync(join(directory, 'ledger.sqlite'))) return null
  try {
    return await openLedger({ directory, readOnly })
  } catch (error) {
    if (CustodyError.isInstance(error) && error.code === 'LEDGER_NOT_FOUND') return null
    // One of an older Custody is brought up to date by writing to it.
    const isOlder = CustodyError.isInstance(error) && error.code === 'LEDGER_OLDER'
    if (!isOlder) throw error
    return await openLedger({ directory })
  }
}

/** What is archived of an org for good, by its ledger. */
export async function sealedWindows(stateDirectory: string, alias: string): Promise<readonly Window[]> {
  await using ledger = await lookIntoLedger(stateDirectory, alias)
  const windows = (await ledger?.windows({ org: alias })) ?? []
  return windows.filter(({ state, amends }) => state === 'sealed' && !amends)
}
