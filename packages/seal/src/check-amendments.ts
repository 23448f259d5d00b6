import type { ChainLink, ChainReporter } from './check-chain.ts'

/**
 * An amendment adds to an archive of its own that came before it in the chain, and tells of no other time.
 *
 * @param holders in the order of the chain
 */
export function checkAmendments(
  holders: readonly ChainLink[],
  { isWhole }: { readonly isWhole: boolean },
  report: ChainReporter,
): void {
  const archives = new Map<string, ChainLink[]>()
  const amendments = new Map<string, ChainLink>()
  for (const link of holders) {
    const { archiveId } = link.seal
    if (!link.amends) {
      // One that was incomplete may be there twice, by one name.
      archives.set(archiveId, [...(archives.get(archiveId) ?? []), link])
      continue
    }
    const other = amendments.get(archiveId)
    if (other) report.find('CHAIN_AMENDS_TWICE', link, `Number ${other.seal.seq} is an amendment of the same name.`)
    else amendments.set(archiveId, link)
    const amended = archives.get(link.amends) ?? []
    if (amended.length === 0 && !isWhole) {
      report.note('CHAIN_AMENDS_GONE', link, 'The archive that it amends is not here; maybe it was disposed of.')
    } else if (amended.length === 0) {
      report.find('CHAIN_AMENDS_UNKNOWN', link, 'No archive of its own before it has the name that it amends.')
    } else if (!amended.some((each) => isWithin(link, each))) {
      const { seq } = (amended.at(-1) as ChainLink).seal
      report.find('CHAIN_AMENDS_PERIOD', link, `Its period is not within that of number ${seq}, which it amends.`)
    }
  }
}

function isWithin({ seal: { period } }: ChainLink, { seal: amended }: ChainLink): boolean {
  return amended.period.from <= period.from && period.to <= amended.period.to
}
