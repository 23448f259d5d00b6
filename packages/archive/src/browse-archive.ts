import { type Container, notArchive, openContainer } from './container.ts'
import { FileFault, Findings } from './findings.ts'
import type { MasterConversation } from './master-conversation.ts'
import type { PageSource } from './page.ts'
import { conversationsOf, partsOf } from './read-conversations.ts'
import { RunCheck } from './run-check.ts'
import type { RunDocument } from './run-document.ts'

const filesAllowed = 1_000_000

/** An archive as it stands, whole or not: to be looked at. */
export interface BrowsedArchive extends PageSource<RunDocument>, AsyncDisposable {
  /** All its files that can be read, those of the seal too, with their bytes. */
  readonly files: ReadonlyMap<string, number>
}

/**
 * Opens an archive without verifying it: what is damaged is there to be seen. `conversations()` passes over lines that are none, and over the
 * rest of a file that cannot be read, so there may be fewer than `run` says; `read()` throws where a file is not what it claims to be.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE` (also without a run.json that can be read)
 */
export async function browseArchive(path: string): Promise<BrowsedArchive> {
  const container = await openContainer(path, { files: filesAllowed }, new Findings())
  try {
    const check = new RunCheck(new Findings())
    const file = check.file()
    for await (const chunk of container.read('run.json')) await file.push(chunk)
    await file.end()
    if (check.document === null) throw notArchive(path, 'its run.json cannot be read')
    return {
      run: check.document,
      files: container.files,
      conversations: () => readableConversations(container),
      read: (name) => (container.files.has(name) ? container.read(name) : undefined),
      [Symbol.asyncDispose]: () => container.close(),
    }
  } catch (error) {
    await container.close()
    throw error instanceof FileFault ? notArchive(path, `its run.json ${error.message}`) : error
  }
}

async function* readableConversations(container: Container): AsyncGenerator<MasterConversation, void, undefined> {
  for (const path of partsOf(container)) {
    try {
      yield* conversationsOf(container, path)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
    }
  }
}
