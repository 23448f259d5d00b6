import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A time authority without a network: its certificates, and what it says of a note. */
export function makeAuthority(
  folder: string,
): (note: Uint8Array) => { readonly response: Uint8Array; readonly chainPem: string } {
  const openssl = (...args: readonly string[]): Buffer => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-x509', '-days', '30']
  writeFileSync(
    join(folder, 'tsa.cnf'),
    `[req]
distinguished_name = name
prompt = no
x509_extensions = extensions
[name]
CN = Time
[extensions]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
certs = tsa.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`,
  )
  writeFileSync(join(folder, 'serial'), '01\n')
  openssl('req', '-config', 'tsa.cnf', ...key, '-keyout', 'tsa.key', '-out', 'tsa.pem')
  return (note) => {
    writeFileSync(join(folder, 'note'), note)
    openssl('ts', '-query', '-data', 'note', '-sha256', '-cert', '-out', 'query')
    openssl('ts', '-reply', '-config', 'tsa.cnf', '-section', 'tsa', '-queryfile', 'query', '-out', 'reply')
    return { response: readFileSync(join(folder, 'reply')), chainPem: readFileSync(join(folder, 'tsa.pem'), 'utf8') }
  }
}
