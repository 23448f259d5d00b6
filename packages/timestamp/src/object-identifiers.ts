/** The names of RFC 3161, RFC 5652, RFC 5816 and RFC 5280 that are read here, in dotted form. */
export const oid = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
  anyExtendedKeyUsage: '2.5.29.37.0',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const

/** A digest that is strong enough for evidence, with the signature algorithms that are bound to it. */
export interface DigestName {
  readonly name: 'sha256' | 'sha384' | 'sha512'
  readonly oid: string
  readonly withRsa: string
  readonly withEcdsa: string
}

/** What is asked for, and the first of the three. */
export const sha256: DigestName = {
  name: 'sha256',
  oid: '2.16.840.1.101.3.4.2.1',
  withRsa: '1.2.840.113549.1.1.11',
  withEcdsa: '1.2.840.10045.4.3.2',
}

/** SHA-1 is not among them: two texts with one SHA-1 can be made (2017). */
export const digests: readonly DigestName[] = [
  sha256,
  {
    name: 'sha384',
    oid: '2.16.840.1.101.3.4.2.2',
    withRsa: '1.2.840.113549.1.1.12',
    withEcdsa: '1.2.840.10045.4.3.3',
  },
  {
    name: 'sha512',
    oid: '2.16.840.1.101.3.4.2.3',
    withRsa: '1.2.840.113549.1.1.13',
    withEcdsa: '1.2.840.10045.4.3.4',
  },
]
