import { createHash, randomBytes } from 'node:crypto'
import { CustodyError, usageError } from '@custody/pipeline'
import { askAuthority, authorityUrl } from './ask-authority.ts'
import { canonicalResponse } from './canonical-response.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { isNamedBy } from './certificate-binding.ts'
import { buildChain } from './certificate-chain.ts'
import { encodePem, parsePem } from './certificate-pem.ts'
import { checkTimestamp } from './check-timestamp.ts'
import { TimestampFault, type TimestampFinding } from './finding.ts'
import { readSignedData } from './signed-data.ts'
import { encodePolicy, encodeTimestampQuery } from './timestamp-query.ts'
import { readTimestampResponse } from './timestamp-response.ts'
import { readTstInfo } from './tst-info.ts'

/** Where an authority is, and what is asked of it. */
export interface TimestampAuthorityOptions {
  /** Where to post: https; http on this machine, or where `certificates` say who has to have signed. */
  readonly url: string
  /**
   * PEM of the certificates that are trusted to stand behind the authority: its root, best with those in between. They are
   * kept with the stamp. @defaultValue none: the stamp is kept with what came along, and says `chainVerified: false`
   */
  readonly certificates?: string
  /** The policy to stamp under, in dotted form; another one is refused. @defaultValue the authority's own */
  readonly policy?: string
  /** Sent along, for authorities that want to know who asks. They are repeated nowhere. */
  readonly headers?: Readonly<Record<string, string>>
  /** Until the whole reply is there. @defaultValue 30 seconds: authorities answer at once, or are down */
  readonly timeoutMs?: number
  /** @defaultValue the one of Node */
  readonly fetch?: typeof fetch
  /** Random bytes for the nonce. @defaultValue `randomBytes` of node:crypto */
  readonly random?: (size: number) => Uint8Array
}

/** What an authority has confirmed; `time` is ISO 8601, UTC. */
export interface Timestamp {
  /** `TimeStampResp`, DER: to be stored as `seal.tsr`. */
  readonly response: Uint8Array
  /** Its certificates, leaf first: to be stored as `tsa-chain.pem`. */
  readonly chainPem: string
  /** When the bytes existed: ISO 8601, UTC, milliseconds. */
  readonly time: string
  /** Whether a configured certificate stands behind it. False only when none was configured. */
  readonly chainVerified: boolean
}

/** Somebody who confirms that bytes existed at a time (RFC 3161). */
export interface TimestampAuthority {
  /** Stamps bytes; only their SHA-256 is sent. It does not try again: what is `retryable` says so. */
  stamp(bytes: Uint8Array, signal?: AbortSignal): Promise<Timestamp>
}

/**
 * A time authority by RFC 3161. What it answers is checked in full before it is believed: a stamp that would not stand up
 * later is refused now.
 *
 * @throws CustodyError at construction `TIMESTAMP_URL`, `TIMESTAMP_OPTIONS` (usage); from `stamp` those of
 *   {@link askAuthority}, `TIMESTAMP_REFUSED`, `TIMESTAMP_NONCE`, `TIMESTAMP_POLICY`, `TIMESTAMP_NO_CERTIFICATE`, and the code
 *   of the first finding of {@link checkTimestamp}
 */
export function createTimestampAuthority(options: TimestampAuthorityOptions): TimestampAuthority {
  const { policy, headers = {}, timeoutMs = 30_000, random = randomBytes } = options
  const url = authorityUrl(options.url, options.certificates !== undefined)
  if (policy !== undefined) encodePolicy(policy)
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 2 ** 31 - 1) {
    throw usageError('TIMESTAMP_OPTIONS', 'timeoutMs is not a positive number of milliseconds.', 'Give 30000, say.')
  }
  const trusted = options.certificates === undefined ? [] : configured(options.certificates)

  return {
    async stamp(bytes, signal) {
      const nonce = nonceOf(random(8))
      const digest = createHash('sha256').update(bytes).digest()
      const query = encodeTimestampQuery({ digest, nonce, certReq: true, ...(policy === undefined ? {} : { policy }) })
      const reply = await askAuthority({ url, query, headers, timeoutMs, signal, fetch: options.fetch ?? fetch })

      const { response, chainPem } = believing(url.host, () => read(reply, { nonce, policy, trusted, host: url.host }))
      const check = checkTimestamp({
        response,
        chainPem,
        bytes,
        ...(trusted.length === 0 ? {} : { trusted: encodePem(trusted) }),
      })
      const [finding] = check.findings
      if (finding || check.time === null) throw unusable(url.host, finding)
      return { response, chainPem, time: check.time, chainVerified: check.chain === 'verified' }
    },
  }
}

/** Positive, and within eight octets: some authorities keep it as a signed 64-bit number. */
function nonceOf(bytes: Uint8Array): bigint {
  return BigInt.asUintN(63, BigInt(`0x${Buffer.from(bytes).toString('hex')}`)) | 1n
}

function configured(pem: string): readonly Certificate[] {
  try {
    return parsePem(pem)
  } catch (error) {
    const reason = error instanceof TimestampFault ? error.message : 'They cannot be read.'
    throw usageError(
      'TIMESTAMP_OPTIONS',
      `The certificates of the time authority are no PEM certificates. ${reason}`,
      'Give the PEM of its root, and of the authorities in between, as it publishes them.',
    )
  }
}

interface Expected {
  readonly host: string
  readonly nonce: bigint
  readonly policy: string | undefined
  readonly trusted: readonly Certificate[]
}

/** What only who asked can check, and the form to store. */
function read(reply: Uint8Array, { host, nonce, policy, trusted }: Expected): Pick<Timestamp, 'response' | 'chainPem'> {
  const { granted, failures, token } = readTimestampResponse(reply)
  if (!granted || !token) throw refused(host, failures)
  const signedData = readSignedData(token)
  const info = readTstInfo(signedData.content)
  if (info.nonce !== nonce) {
    throw new CustodyError('TIMESTAMP_NONCE', `The reply of ${host} is not to this request.`, {
      kind: 'refused',
      actions: ['Try again. If it comes back, something between here and there repeats old replies.'],
    })
  }
  if (policy !== undefined && info.policy !== policy) {
    throw new CustodyError('TIMESTAMP_POLICY', `The time authority at ${host} stamped under policy ${info.policy}.`, {
      kind: 'refused',
      actions: ['Ask it for its policies, and configure one of these, or none.'],
    })
  }
  const embedded = signedData.certificates.map(readCertificate)
  const leaf = embedded.find((certificate) => isNamedBy(signedData.signer.identifier, certificate))
  if (!leaf) {
    throw new CustodyError('TIMESTAMP_NO_CERTIFICATE', `The reply of ${host} lacks the certificate it was asked for.`, {
      actions: ['Use another authority: without the certificate nobody could check the stamp in twenty years.'],
    })
  }
  const chain = buildChain(leaf, [...trusted, ...embedded])
  return { response: canonicalResponse(signedData, chain), chainPem: encodePem(chain) }
}

function believing<T>(host: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof TimestampFault ? unusable(host, error) : error
  }
}

function refused(host: string, failures: readonly string[]): CustodyError {
  const reason = failures.length === 0 ? 'gave no reason' : failures.join(', ')
  const later = failures.includes('timeNotAvailable') || failures.includes('systemFailure')
  return new CustodyError('TIMESTAMP_REFUSED', `The time authority at ${host} refused to stamp (${reason}).`, {
    retryable: later,
    actions: [
      failures.includes('unacceptedPolicy')
        ? 'Configure a policy that it offers, or none.'
        : later
          ? 'Try again later.'
          : 'Ask whoever runs it, or use another authority. SHA-256 and a nonce are what it has to accept.',
    ],
  })
}

/** A stamp with a finding is none. */
function unusable(host: string, finding: TimestampFinding | undefined): CustodyError {
  const code = finding?.code ?? 'TIMESTAMP_MALFORMED'
  return new CustodyError(code, `The timestamp of ${host} would not stand up later. ${finding?.message ?? ''}`.trim(), {
    kind: 'refused',
    actions: [
      code === 'TIMESTAMP_UNTRUSTED'
        ? 'Check that the configured certificates are those of this authority; it may have a new root.'
        : 'Use another time authority, and tell whoever runs this one. Nothing was stored.',
    ],
  })
}
