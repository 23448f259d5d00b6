import { execFile, type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface LocalAuthorityOptions {
  /** Of the authority and of those above it. @defaultValue `'ecdsa'`: made in no time */
  readonly keys?: 'ecdsa' | 'rsa' | 'rsa-1024'
  /** Of the signature. @defaultValue `'sha256'` */
  readonly digest?: 'sha256' | 'sha384' | 'sha512'
  /** How the certificate is named in what is signed: `sha1` gives an ESSCertID, others an ESSCertIDv2. @defaultValue `'sha256'` */
  readonly certificateDigest?: 'sha1' | 'sha256' | 'sha512'
  /** Whether an intermediate stands between root and authority. @defaultValue `false` */
  readonly intermediate?: boolean
  /** The line of the extended key usage. @defaultValue `'critical,timeStamping'` */
  readonly extendedKeyUsage?: string
  /** Further lines of extensions of the authority's certificate. */
  readonly extensions?: string
  /** Basic constraints of the issuing certificate. @defaultValue `'critical,CA:TRUE'` */
  readonly issuerConstraints?: string
  /** Basic constraints of the root above an intermediate. @defaultValue `'critical,CA:TRUE'` */
  readonly rootConstraints?: string
  /** For how many days from now the authority's certificate is valid; below zero it has expired. @defaultValue 3650 */
  readonly days?: number
  /** @defaultValue `'1.3.6.1.4.1.99999.1'` */
  readonly policy?: string
}

/** A time authority on 127.0.0.1: `openssl ts` behind HTTP, with certificates made on the spot. */
export interface LocalAuthority {
  readonly url: string
  /** PEM of the root, and of all above the authority, that above it first. */
  readonly rootPem: string
  readonly issuersPem: string
  readonly signerPem: string
  /** Its files: `root.pem`, `signer.pem`, `signer.key`. */
  readonly folder: string
  /** Bodies of the requests so far. */
  readonly queries: readonly Buffer[]
  /** What it would reply, without HTTP. */
  reply(query: Uint8Array): Promise<Buffer>
  close(): Promise<void>
}

export async function startLocalAuthority(options: LocalAuthorityOptions = {}): Promise<LocalAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'custody-tsa-'))
  await makeCertificates(folder, options)
  await writeFile(join(folder, 'tsa.cnf'), configuration(options))
  await writeFile(join(folder, 'serial'), '01\n')

  const queries: Buffer[] = []
  let last: Promise<unknown> = Promise.resolve()
  let count = 0
  /** One after the other: the file with the serial number is not locked. */
  const reply = async (query: Uint8Array): Promise<Buffer> => {
    const turn = last.then(async () => {
      const [from, to] = [`query-${++count}`, `reply-${count}`]
      await writeFile(join(folder, from), query)
      const section = ['-config', 'tsa.cnf', '-section', 'tsa']
      await run('openssl', ['ts', '-reply', ...section, '-queryfile', from, '-out', to], { cwd: folder })
      return await readFile(join(folder, to))
    })
    last = turn.catch(() => undefined)
    return await turn
  }
  const server = createServer(async (request, response) => {
    const query = await bodyOf(request)
    queries.push(query)
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/timestamp-query') {
      response.writeHead(415).end()
      return
    }
    try {
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(await reply(query))
    } catch {
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const read = async (name: string): Promise<string> => await readFile(join(folder, name), 'utf8')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    rootPem: await read('root.pem'),
    issuersPem: await read('issuers.pem'),
    signerPem: await read('signer.pem'),
    folder,
    queries,
    reply,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await last
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs openssl; its output and status are for the caller to judge. */
export function openssl(args: readonly string[], cwd?: string): SpawnSyncReturns<string> {
  return spawnSync('openssl', args, { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) })
}

async function makeCertificates(folder: string, options: LocalAuthorityOptions): Promise<void> {
  const { keys = 'ecdsa', intermediate = false, days = 3650 } = options
  const constraints = options.issuerConstraints ?? 'critical,CA:TRUE'
  const make = async (...args: readonly string[]): Promise<void> => {
    await run('openssl', args, { cwd: folder })
  }
  const newKey =
    keys === 'ecdsa'
      ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
      : ['-newkey', keys === 'rsa' ? 'rsa:2048' : 'rsa:1024']
  const issue = async (name: string, subject: string, issuer: string, lines: readonly string[], days: number) => {
    const [csr, extensions] = [`${name}.csr`, `${name}.ext`]
    await make('req', '-new', ...newKey, '-nodes', '-keyout', `${name}.key`, '-out', csr, '-subj', subject)
    await writeFile(join(folder, extensions), lines.join('\n'))
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial']
    await make('x509', '-req', '-in', csr, ...by, '-days', `${days}`, '-extfile', extensions, '-out', `${name}.pem`)
  }

  const root = ['-keyout', 'root.key', '-out', 'root.pem', '-subj', '/O=Example Time/CN=Example Root', '-days', '7300']
  const own = intermediate ? (options.rootConstraints ?? 'critical,CA:TRUE') : constraints
  await make('req', '-x509', ...newKey, '-nodes', '-config', await requestConfiguration(folder, own), ...root)
  if (intermediate) {
    const lines = [`basicConstraints=${constraints}`, 'keyUsage=critical,keyCertSign,cRLSign']
    await issue('issuer', '/O=Example Time/CN=Example Issuer', 'root', lines, 5000)
  } else {
    await copyFile(join(folder, 'root.pem'), join(folder, 'issuer.pem'))
    await copyFile(join(folder, 'root.key'), join(folder, 'issuer.key'))
  }
  const usage = `extendedKeyUsage=${options.extendedKeyUsage ?? 'critical,timeStamping'}`
  const lines = ['basicConstraints=CA:FALSE', 'keyUsage=critical,digitalSignature', usage, options.extensions ?? '']
  await issue('signer', '/O=Example Time/CN=Example Authority', 'issuer', lines, days)

  const [issuerPem, rootPem] = await Promise.all(
    ['issuer.pem', 'root.pem'].map((name) => readFile(join(folder, name), 'utf8')),
  )
  await writeFile(join(folder, 'issuers.pem'), intermediate ? `${issuerPem}${rootPem}` : `${rootPem}`)
}

async function requestConfiguration(folder: string, constraints: string): Promise<string> {
  const text = `[req]
distinguished_name = name
x509_extensions = root
[name]
[root]
basicConstraints = ${constraints}
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`
  await writeFile(join(folder, 'root.cnf'), text)
  return 'root.cnf'
}

function configuration(options: LocalAuthorityOptions): string {
  return `[tsa]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
certs = issuers.pem
signer_digest = ${options.digest ?? 'sha256'}
default_policy = ${options.policy ?? '1.3.6.1.4.1.99999.1'}
other_policies = 1.3.6.1.4.1.99999.2
digests = sha256
accuracy = secs:1
clock_precision_digits = 3
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = ${options.certificateDigest ?? 'sha256'}
`
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
