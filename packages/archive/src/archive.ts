import type { Conversation } from '@custody/model'
import { type Batch, defineSink, type Sink } from '@custody/pipeline'
import { type FileDigest, PendingCommit } from '@custody/sinks'
import type { AmendmentCounts } from './amendments-writer.ts'
import { type ArchiveSettings, archiveSettings, assertFree } from './archive-settings.ts'
import {
  AUDIT_PART,
  BAGIT_TXT,
  encodeBagInfo,
  encodeManifest,
  PAYLOAD_MANIFEST,
  PAYLOAD_PREFIX,
  payloadOxum,
  TAG_MANIFEST,
} from './bag.ts'
import { BagStore } from './bag-store.ts'
import { onDisk, onRemoval } from './disk-error.ts'
import type { ConversationEncoding, EncodedConversations } from './encoded-conversations.ts'
import type { SealableBag } from './make-seal.ts'
import { type ArchiveOptions, type ArchiveResult, archiveFormats } from './options.ts'
import { packBag } from './pack-bag.ts'
import { type ArchiveFacts, writeReport, writeTranscripts } from './page.ts'
import { encodingOf, PayloadWriter } from './payload-writer.ts'
import type { RunDocument } from './run-document.ts'
import { schemaFiles } from './schemas.ts'
import { assertReplaceable, beginStaging, findLeftovers, publish, removeStaging, syncFolders } from './staging.ts'
import { Tally } from './tally.ts'
import { readmeText } from './texts.ts'
import { verifyText } from './verify-text.ts'

/**
 * Writes conversations as one archive: a BagIt bag in a ZIP or a folder, complete with reports and checksums.
 *
 * It grows in a hidden folder beside its place and gets its name when everything is on the disk. A failure or an abort
 * removes that folder; a killed process leaves it, under a name that says `partial`.
 *
 * There is one commit, at the end. Before the archive has its name a failure takes everything back, so an earlier commit
 * would let a later run skip conversations that are in no archive.
 *
 * Everything under `data/` depends on the conversations, the window and the keys only: a rerun writes the same bytes.
 *
 * @throws CustodyError of kind usage at construction: `ARCHIVE_EXISTS`, `DIRECTORY_NOT_WRITABLE`, `ARCHIVE_…` for a wrong
 * option. While running: `ARCHIVE_STAGING`, `ARCHIVE_NOT_REPLACEABLE`, `ARCHIVE_MODE`, `ARCHIVE_ZIP`, `ARCHIVE_DISK` when
 * the disk is full, read-only or failing.
 */
export function archive(options: ArchiveOptions): Sink<Conversation> {
  return archiveSink(options, (payload, batch) => payload.add(batch))
}

/**
 * The same of conversations that were encoded before, as on other threads, see {@link encodeConversations}: with the encoding that
 * {@link encodingFor} gives for these options. They amend nothing, and none comes twice, see
 * {@link withoutTwins}.
 */
export function archiveEncoded(options: Omit<ArchiveOptions, 'amends'>): Sink<EncodedConversations> {
  return archiveSink(options, (payload, batch) => payload.addEncoded(batch))
}

/** How conversations are encoded for an archive of these options. */
export function encodingFor(options: ArchiveOptions): ConversationEncoding {
  return encodingOf(archiveSettings(options))
}

function archiveSink<In>(
  options: ArchiveOptions,
  add: (payload: PayloadWriter, batch: Batch<In>) => Promise<void>,
): Sink<In> {
  const settings = archiveSettings(options)
  return defineSink<In>('archive', async function* (source, { signal }) {
    signal?.throwIfAborted()
    assertFree(settings)
    await assertReplaceable(settings)
    const disk = <T>(work: Promise<T>): Promise<T> => onDisk(settings.directory, work)
    const leftovers = await disk(findLeftovers(settings))
    await disk(beginStaging(settings))
    const store = new BagStore(settings.staging)
    const commit = new PendingCommit()
    let result: ArchiveResult
    try {
      const tally = new Tally({ isAmendment: settings.amends !== undefined })
      const payload = new PayloadWriter(store, settings, tally)
      for await (const batch of source) {
        signal?.throwIfAborted()
        await disk(add(payload, batch))
        commit.add(batch)
      }
      const { recordsRoot, amended } = await disk(payload.close())
      const bag = await disk(writeTags(store, settings, { tally, recordsRoot, amended }))
      const sealed = await writeSeal(store, settings, { ...bag, tally, recordsRoot })
      await disk(syncFolders(settings.staging, store.files.keys()))
      const bytes = await disk(finish(store, settings, signal))
      const { name, container, mode, target } = settings
      const counts = tally.counts()
      const found = { verdict: tally.verdict(), counts, recordsRoot, leftovers, sealed }
      result = { path: target, name, container, mode, bytes, ...bag, ...found }
    } catch (error) {
      await store.discard()
      await onRemoval(settings.staging, removeStaging(settings))
      throw error
    }
    settings.onWritten(result)
    yield* commit.take()
  })
}

interface WrittenPayload {
  readonly tally: Tally
  readonly recordsRoot: string
  readonly amended: AmendmentCounts | null
}

/** Everything that describes the payload; the tag manifest comes last. */
async function writeTags(
  store: BagStore,
  settings: ArchiveSettings,
  { tally, recordsRoot, amended }: WrittenPayload,
): Promise<Pick<ArchiveResult, 'payloadOxum' | 'tagManifestSha256'>> {
  const { name, org, window, mode, formats, run, amends } = settings
  const counts = tally.counts()
  const verdict = tally.verdict()
  const facts: ArchiveFacts = {
    v: 1,
    archive: name,
    org,
    window: { from: window.from, to: window.to },
    ...(amends && amended && { amends: { archive: amends.archive, number: amends.number, ...amended } }),
    mode,
    formats: archiveFormats.filter((format) => format === 'jsonl' || formats.includes(format)),
    verdict,
    counts,
    recordsRoot,
  }
  const { transcripts, report } = settings.pages
  if (transcripts && formats.includes('html')) await writeTranscripts(store, transcripts, facts)
  const payload = select(store.files, (path) => path.startsWith(PAYLOAD_PREFIX))
  const finishedAt = new Date(settings.clock.now()).toISOString()
  const document: RunDocument = {
    ...facts,
    payloadOxum: payloadOxum(payload),
    finishedAt,
    run: { ...run, ...settings.finalFacts() },
  }
  await store.text('run.json', `${JSON.stringify(document, null, 2)}\n`)
  await store.text('README.txt', readmeText(settings, verdict, counts))
  await store.text('VERIFY.txt', verifyText(name, settings.seal !== undefined))
  if (settings.audit) {
    await store.text(AUDIT_PART, await settings.audit({ verdict, counts, recordsRoot }))
  }
  if (report) await writeReport(store, report, document)
  for (const [path, content] of schemaFiles()) await store.text(path, content)
  await store.text('bagit.txt', BAGIT_TXT)
  await store.text(
    'bag-info.txt',
    encodeBagInfo({
      'Source-Organization': org,
      'External-Description': 'Messaging conversations archived from Salesforce',
      'Bagging-Date': finishedAt.slice(0, 10),
      'External-Identifier': name,
      'Payload-Oxum': document.payloadOxum,
      'Bag-Group-Identifier': org,
      'Bag-Software-Agent': run.tool,
      'Archive-Format-Version': '1',
      'Archive-Period': `${window.from} ${window.to}`,
      'Archive-Mode': mode,
      'Archive-Verdict': verdict,
      ...(amends && { 'Archive-Amends': amends.archive }),
    }),
  )
  await store.text(PAYLOAD_MANIFEST, encodeManifest(payload))
  const tags = select(store.files, (path) => !path.startsWith(PAYLOAD_PREFIX))
  const { sha256 } = await store.text(TAG_MANIFEST, encodeManifest(tags))
  return { payloadOxum: document.payloadOxum, tagManifestSha256: sha256 }
}

/** The seal comes last: it names the tag manifest, and so every file before it. */
async function writeSeal(
  store: BagStore,
  { seal, name, window, mode }: ArchiveSettings,
  {
    tally,
    ...made
  }: Pick<SealableBag, 'tagManifestSha256' | 'payloadOxum' | 'recordsRoot'> & { readonly tally: Tally },
): Promise<boolean> {
  if (!seal) return false
  const bag = { archive: name, window: { from: window.from, to: window.to }, mode, verdict: tally.verdict(), ...made }
  const files = await seal({ ...bag, records: tally.counts().conversations, erased: 0, superseded: null })
  for (const [path, bytes] of files) await onDisk(store.folder, store.text(path, bytes))
  return true
}

/** Packs the bag where a ZIP is wanted, and gives the archive its name. Tells its size. */
async function finish(store: BagStore, settings: ArchiveSettings, signal: AbortSignal | undefined): Promise<number> {
  let bytes = 0
  for (const file of store.files.values()) bytes += file.bytes
  if (settings.container === 'zip') bytes = await packBag(store.files, settings, signal)
  signal?.throwIfAborted()
  await publish(settings)
  return bytes
}

function select(files: ReadonlyMap<string, FileDigest>, wanted: (path: string) => boolean): Map<string, FileDigest> {
  return new Map([...files].filter(([path]) => wanted(path)))
}
