/** What can be wrong with a stored timestamp. */
export type TimestampFindingCode =
  /** Larger than any timestamp is. */
  | 'TIMESTAMP_TOO_LARGE'
  /** Cut short, with bytes after its end, or in another encoding than DER. */
  | 'TIMESTAMP_NOT_DER'
  /** DER, but not what RFC 3161 calls a response. */
  | 'TIMESTAMP_MALFORMED'
  /** The authority did not grant a timestamp. */
  | 'TIMESTAMP_NOT_GRANTED'
  /** Made with an algorithm that is too weak, or unknown here. */
  | 'TIMESTAMP_UNSUPPORTED'
  /** It is of other bytes. */
  | 'TIMESTAMP_WRONG_IMPRINT'
  /** Its signature does not match. */
  | 'TIMESTAMP_BAD_SIGNATURE'
  /** Its signer is another one than the certificate it names (RFC 5816). */
  | 'TIMESTAMP_CERTIFICATE_BINDING'
  /** Its certificate is not one for timestamps (RFC 3161, 2.3). */
  | 'TIMESTAMP_NOT_AN_AUTHORITY'
  /** A certificate was not valid at the time of the stamp. */
  | 'TIMESTAMP_CERTIFICATE_NOT_VALID'
  /** It, or a certificate, demands to be understood in a way it is not. */
  | 'TIMESTAMP_CRITICAL_EXTENSION'
  /** It holds something that nothing signs. */
  | 'TIMESTAMP_NOT_CANONICAL'
  /** The file of certificates is not canonical PEM. */
  | 'TIMESTAMP_CHAIN_MALFORMED'
  /** A certificate was not issued by the one after it. */
  | 'TIMESTAMP_CHAIN_BROKEN'
  /** None of the trusted certificates stands behind it. */
  | 'TIMESTAMP_UNTRUSTED'

/** Something that does not hold in a timestamp. */
export interface TimestampFinding {
  readonly code: TimestampFindingCode
  /** Where: in the response (`seal.tsr`), or in the certificates (`tsa-chain.pem`). */
  readonly part: 'response' | 'chain'
  /** What was found; none of the bytes. */
  readonly message: string
}

/** Ends the reading of one part. It never leaves this package: {@link findingsOf} catches it. */
export class TimestampFault extends Error implements TimestampFinding {
  readonly code: TimestampFindingCode
  readonly part: TimestampFinding['part']

  constructor(code: TimestampFindingCode, part: TimestampFinding['part'], message: string) {
    super(message)
    this.code = code
    this.part = part
  }

  get finding(): TimestampFinding {
    return { code: this.code, part: this.part, message: this.message }
  }
}
