import { join } from 'node:path'

/** Where the state of an org is: its ledger, its audit log, the head of its chain, its runs. */
export function orgState(stateDirectory: string, orgAlias: string): string {
  return join(stateDirectory, orgAlias)
}
