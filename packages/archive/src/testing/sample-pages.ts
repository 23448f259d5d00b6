import type { MakePage, PageSource, Pages } from '../page.ts'
import type { RunDocument } from '../run-document.ts'

const encoder = new TextEncoder()

/** A page that names every conversation and shows two other files: what was erased must not come back by any of them. */
const transcripts: MakePage = async function* (archive) {
  yield* page(archive)
}

/** The same, with what only run.json tells. */
const report: MakePage<RunDocument> = async function* (archive) {
  yield encoder.encode(`${archive.run.run.runId} ${archive.run.payloadOxum} ${archive.run.erased ?? 'none'} erased\n`)
  yield* page(archive)
}

/** Makers of pages that anybody can read. */
export const samplePages: Required<Pages> = { transcripts, report }

async function* page(archive: PageSource): AsyncGenerator<Uint8Array> {
  yield encoder.encode(`<!doctype html>${archive.run.archive}\n`)
  for await (const { identifier, channelType, entries } of archive.conversations()) {
    yield encoder.encode(`${identifier} ${channelType} ${entries.map(({ text }) => text).join()}\n`)
  }
  for (const path of ['data/reports/gaps.csv', 'data/csv/entries.csv']) yield* archive.read(path) ?? []
}
