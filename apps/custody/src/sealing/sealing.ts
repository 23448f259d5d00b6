import { readFileSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArchiveResult, type MakeSeal, readSealFiles } from '@custody/archive'
import type { AuditCheckpoint, AuditEntry } from '@custody/audit-log'
import type { Window } from '@custody/model'
import { type Clock, type CustodyError, usageError } from '@custody/pipeline'
import { parseSeal } from '@custody/seal'
import { createTimestampAuthority } from '@custody/timestamp'
import { orgState } from '../config/org-state.ts'
import type { Config } from '../config/schema.ts'
import type { SealConfig } from '../config/seal-schema.ts'
import { noteHolds } from '../erasing/hold-log.ts'
import { version } from '../version.ts'
import { assertChainGoesOn } from './assert-chain-goes-on.ts'
import { type ChainHead, encodeHead, findChain, headFile } from './chain-head.ts'
import { sealMaker } from './make-seal.ts'
import { openOrgLog } from './open-org-log.ts'
import { openSealSigner } from './open-signer.ts'

export interface SealingOptions {
  readonly config: Pick<Config, 'state' | 'seal' | 'orgs'>
  readonly orgAlias: string
  /** Where the archives of the chain stand. */
  readonly archives: string
  /** What is to be archived; left out where an old archive is sealed anew. */
  readonly window?: Window
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What one run needs to seal: key, chain and audit log of an org, held by this run alone until it is closed. */
export interface Sealing {
  /** Of the key that seals. */
  readonly fingerprint: string
  readonly head: ChainHead | null
  /** Why the last seal bears no token of the configured time authority; null where all is well. */
  readonly unstamped: CustodyError | null
  readonly makeSeal: MakeSeal
  note(entry: AuditEntry): Promise<void>
  /** Notes what a run archived. Gives the part of the log since the last seal; the seal made next states where it ends. */
  archived(run: { readonly runId: string }, made: ArchivedFacts): Promise<string>
  /** Remembers the seal of an archive that now stands under its name: the next one follows it. */
  sealed(archive: string, run?: { readonly runId: string }): Promise<void>
  close(): Promise<void>
}

/** What came of a run. */
export type ArchivedFacts = Pick<ArchiveResult, 'verdict' | 'counts' | 'recordsRoot'>

/** Null where the configuration has no `seal`. */
export async function openSealing(options: SealingOptions): Promise<Sealing | null> {
  const { config, orgAlias, archives, env, clock, signal } = options
  if (config.seal === undefined) return null
  const origin = config.orgs[orgAlias]?.origin ?? orgAlias
  const stateDirectory = orgState(config.state.directory, orgAlias)
  const signer = await openSealSigner(config.seal, env, signal)
  const timestamp = stamping(config.seal, signal)
  const places = { origin, stateDirectory, archives, keys: signer.keys }
  const log = await openOrgLog(places, clock)
  try {
    // Only now: while the log is ours nobody else adds to the chain.
    const chain = await findChain(places)
    await assertChainGoesOn(chain, log, { now: clock.now(), window: options.window })
    await noteHolds(log, options)
    const { head } = chain
    let auditEnd: AuditCheckpoint = log.checkpoint()
    let unstamped: CustodyError | null = null
    return {
      fingerprint: signer.fingerprint,
      head,
      get unstamped() {
        return unstamped
      },
      makeSeal: sealMaker({
        origin,
        signer,
        head,
        audit: () => auditEnd,
        timestamp,
        onUnstamped: (error) => {
          unstamped = error
        },
        tool: `custody/${version} node/${process.versions.node}`,
        clock,
      }),
      async archived({ runId }, { verdict, counts, recordsRoot }) {
        const { conversations, entries, gaps } = counts
        const detail = { verdict, conversations, entries, gaps, recordsRoot }
        // What was held while it ran belongs under its seal.
        await noteHolds(log, options)
        await log.append({ act: 'archive.end', run: runId, detail })
        auditEnd = log.checkpoint()
        let part = ''
        for await (const line of log.part(head?.seal.audit.size ?? 0)) part += line
        return part
      },
      async note(entry) {
        await log.append(entry)
      },
      async sealed(archive, run) {
        const files = await readSealFiles(archive)
        const seal = parseSeal(Buffer.from(files.get('seal/seal.txt') ?? []).toString('utf8'))
        if (seal === null) throw new Error('an archive that was just sealed has a seal')
        // Sealing an old archive anew does not move the end of the chain.
        if (seal.seq >= (head?.seal.seq ?? 0))
          await replaceFile(stateDirectory, headFile, Buffer.from(encodeHead(files)))
        const detail = { seq: seal.seq, tagManifestSha256: seal.tagManifestSha256, stamped: unstamped === null }
        await log.append({ act: 'seal.created', run: run?.runId ?? null, obj: seal.archiveId, detail })
      },
      close: () => log.close(),
    }
  } catch (error) {
    await log.close()
    throw error
  }
}

function stamping({ timestamp }: SealConfig, signal: AbortSignal) {
  if (timestamp === undefined) return null
  const { url, certificates } = timestamp
  const pem = certificates === undefined ? undefined : readCertificates(certificates)
  const authority = createTimestampAuthority({ url, ...(pem !== undefined && { certificates: pem }) })
  return (note: Uint8Array) => authority.stamp(note, signal)
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(
      'TIMESTAMP_OPTIONS',
      `seal.timestamp.certificates: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Name a PEM file with the certificates of the time authority.',
    )
  }
}

async function replaceFile(directory: string, name: string, content: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, name)
  const handle = await open(`${path}.partial`, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.partial`, path)
}
