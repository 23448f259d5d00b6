import { type Certificate, readCertificate } from './certificate.ts'
import { TimestampFault } from './finding.ts'

// A chain has two to four certificates; a list of trusted ones may have some more.
const maxCertificates = 32
const maxPemBytes = 262_144

/** Certificates as PEM in the one form that is stored: lines of 64 characters, LF, nothing between them. */
export function encodePem(certificates: readonly Certificate[]): string {
  return certificates.map(({ raw }) => pemOf(raw)).join('')
}

function pemOf(raw: Uint8Array): string {
  const lines =
    Buffer.from(raw)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/**
 * The certificates of a PEM text, with whatever else people write between them. Twins are kept once.
 *
 * @throws TimestampFault `TIMESTAMP_CHAIN_MALFORMED`, `TIMESTAMP_NOT_DER`
 */
export function parsePem(text: string): readonly Certificate[] {
  if (text.length > maxPemBytes) throw malformed(`They are longer than ${maxPemBytes} bytes.`)
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)]
  if (blocks.length === 0 || blocks.length > maxCertificates) {
    throw malformed(`They are none, or more than ${maxCertificates}.`)
  }
  const raws = blocks.map(([, base64 = '']) => Buffer.from(base64, 'base64'))
  return [...new Map(raws.map((raw) => [raw.toString('latin1'), raw])).values()].map(readCertificate)
}

/**
 * That a PEM text is byte for byte as {@link encodePem} writes it.
 *
 * @throws TimestampFault `TIMESTAMP_CHAIN_MALFORMED`
 */
export function checkCanonicalPem(text: string, certificates: readonly Certificate[]): void {
  if (encodePem(certificates) !== text) throw malformed('They are not written as canonical PEM.')
}

function malformed(message: string): TimestampFault {
  return new TimestampFault('TIMESTAMP_CHAIN_MALFORMED', 'chain', message)
}
