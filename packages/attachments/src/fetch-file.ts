import type { Download, OrgDownloads } from '@custody/http'
import type { AttachedFile } from '@custody/model'
import { type Clock, CustodyError } from '@custody/pipeline'
import type { Address } from './address.ts'
import { isPageInstead } from './assumptions.ts'
import { BudgetSpent, ByteBudget } from './byte-budget.ts'
import { readDataUrl } from './data-url.ts'
import {
  brokenOff,
  type Failure,
  isUnavailable,
  noAddress,
  notAsked,
  pageInstead,
  toFailure,
  tooLarge,
  tooLargeTogether,
} from './failure.ts'
import type { FileStore } from './file-store.ts'
import { toMediaType } from './media-type.ts'
import { Memo } from './memo.ts'
import { Outage } from './outage.ts'

export interface FetchOptions {
  readonly org: OrgDownloads
  readonly store: FileStore
  readonly maxFileBytes: number
  readonly maxTotalBytes: number
  readonly attempts: number
  readonly clock: Clock
}

export interface FileQuestion {
  readonly address: Address
  /** The media type the message claims, without parameters. */
  readonly claimed: string | null
  /** Calls of one affinity go to the same execution user. */
  readonly affinity: string
}

export type Fetched = { readonly file: AttachedFile } | { readonly failure: Failure }

/** Fetches one file into the store, or says why it cannot. Throws what is not about one file. */
export type FetchFile = (question: FileQuestion, signal: AbortSignal) => Promise<Fetched>

/** Some 200 bytes each. */
const rememberedAddresses = 10_000

/** Doubled after each attempt. */
const firstDelayMs = 1_000

/** Makes the fetcher of one run. Of the addresses it remembers it asks for none twice. */
export function createFetchFile({ org, store, maxFileBytes, maxTotalBytes, attempts, clock }: FetchOptions): FetchFile {
  const budget = new ByteBudget(maxTotalBytes)
  const outage = new Outage(clock)
  const memo = new Memo<Fetched>({
    size: rememberedAddresses,
    isLasting: (fetched) => !('failure' in fetched) || !isUnavailable(fetched.failure),
  })

  async function keep(bytes: AsyncIterable<Uint8Array>, mimeType: string | null): Promise<Fetched> {
    const metered = budget.meter(bytes)
    let isKept = false
    try {
      const { sha256, size, isNew } = await store.put(metered.bytes)
      isKept = isNew
      return { file: { sha256, size, mimeType } }
    } catch (error) {
      if (error instanceof BudgetSpent) return { failure: tooLargeTogether(maxTotalBytes) }
      throw error
    } finally {
      if (!isKept) metered.giveBack()
    }
  }

  async function readInline(address: string): Promise<Fetched> {
    // No byte takes more than an escaped character of base64; what is longer need not be decoded.
    if (address.length > 4 * maxFileBytes + 1_000) return { failure: tooLarge(maxFileBytes) }
    const inline = readDataUrl(address)
    if (!inline) return { failure: noAddress }
    if (inline.bytes.byteLength > maxFileBytes) return { failure: tooLarge(maxFileBytes) }
    return await keep(only(inline.bytes), inline.mimeType)
  }

  /** Keeps what was answered; `again` tells what went wrong with an answer that a second one may set right. */
  async function take(answer: Download, claimed: string | null): Promise<Fetched | { readonly again: Failure }> {
    const mimeType = toMediaType(answer.headers['content-type'])
    if (isPageInstead(mimeType, claimed)) {
      await abandon(answer)
      return { again: pageInstead }
    }
    try {
      return await keep(answer.body, mimeType)
    } catch (error) {
      if (CustodyError.isInstance(error) && error.code === 'HTTP_BODY_TRUNCATED') return { again: brokenOff }
      throw error
    }
  }

  async function download({ address, claimed, affinity }: FileQuestion, signal: AbortSignal): Promise<Fetched> {
    const request = { address: address.address, endpoint: 'attachments', affinity, maxBytes: maxFileBytes, signal }
    for (let attempt = 1; ; attempt++) {
      // What goes wrong before a body comes was tried again by the client; it is final here.
      const taken = await take(await org.download(request), claimed)
      if (!('again' in taken)) return taken
      if (attempt >= attempts) return { failure: taken.again }
      await clock.sleep(firstDelayMs * 2 ** (attempt - 1), signal)
    }
  }

  async function fetchRemote(question: FileQuestion, signal: AbortSignal): Promise<Fetched> {
    if (budget.left <= 0) return { failure: tooLargeTogether(maxTotalBytes) }
    if (outage.isPaused) return { failure: notAsked }
    try {
      const fetched = await download(question, signal)
      if ('failure' in fetched && isUnavailable(fetched.failure)) outage.unavailable()
      else outage.answered()
      return fetched
    } catch (error) {
      signal.throwIfAborted()
      const failure = toFailure(error, maxFileBytes)
      if (isUnavailable(failure)) outage.unavailable()
      return { failure }
    }
  }

  return async (question, signal) => {
    const { address, claimed } = question
    if (address.kind === 'inline') return await readInline(address.address)
    return await memo.recall(`${claimed} ${address.address}`, () => fetchRemote(question, signal))
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Lets go of a body that nobody wants. */
async function abandon({ body }: Download): Promise<void> {
  try {
    // Only a loop that has begun lets go of the connection when it is left.
    for await (const _ of body) break
  } catch {
    // It was not wanted.
  }
}
