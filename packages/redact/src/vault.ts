import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { CustodyError, usageError } from '@custody/pipeline'
import type { FoundValue } from './redactor.ts'

/** What is told of a look-up, for an audit log: everything but the value. */
export interface LookUp {
  readonly pseudonym: string
  /** Who asked, and why: in the asker's words. */
  readonly actor: string
  readonly reason: string
  readonly found: boolean
}

/** Which vault is opened, under which key, and who is told of look-ups. */
export interface FileVaultOptions {
  /** Made with mode 0600 where it is missing; only ever appended to. */
  readonly file: string
  /** At least 32 random bytes, and not the key of the pseudonyms: whoever has this one can read what was replaced. */
  readonly key: Uint8Array
  /** Told of each look-up before its answer is given; when it fails, no answer is given. */
  readonly onLookUp: (lookUp: LookUp) => void | Promise<void>
  /** @defaultValue `node:crypto` */
  readonly randomBytes?: (size: number) => Uint8Array
}

/** What stands behind pseudonyms, encrypted. */
export interface Vault {
  /** Takes a value in; it is safe once {@link Vault.flush} has settled. */
  put(pseudonym: string, found: FoundValue): void
  flush(): Promise<void>
  /** What stood behind a pseudonym where it was first met; null when the vault does not know. */
  lookUp(pseudonym: string, asked: { readonly actor: string; readonly reason: string }): Promise<VaultEntry | null>
  close(): Promise<void>
}

/** What a pseudonym stands for. */
export interface VaultEntry {
  readonly type: string
  /** As it was written. */
  readonly text: string
}

const minimumKeyBytes = 32
const maximumKnown = 200_000

/**
 * Opens a vault in a file: JSON lines, each one pseudonym and AES-256-GCM over its value, bound to the pseudonym. The file's
 * own key is derived (HKDF-SHA-256) from the secret and a salt in its first line.
 *
 * @throws CustodyError `VAULT_KEY` of kind usage for a short key, or one that is not this file's; `VAULT_FILE` for a file that
 * is no vault.
 */
export async function createFileVault(options: FileVaultOptions): Promise<Vault> {
  const { file, key, onLookUp, randomBytes: random = randomBytes } = options
  if (!(key instanceof Uint8Array) || key.byteLength < minimumKeyBytes) {
    throw usageError(
      'VAULT_KEY',
      `redact: the key of the vault must be a Uint8Array of at least ${minimumKeyBytes} bytes`,
    )
  }
  const handle = await open(file, 'a+', 0o600)
  try {
    const fileKey = await openHeader(handle, key, random)
    return new FileVault(handle, fileKey, onLookUp, random)
  } catch (error) {
    await handle.close()
    throw error
  }
}

interface Line {
  readonly p: string
  readonly iv: string
  readonly data: string
  readonly tag: string
}

const headerName = 'custody-vault'
const proof = 'this is the key of this vault'

async function openHeader(
  handle: FileHandle,
  key: Uint8Array,
  random: (size: number) => Uint8Array,
): Promise<Uint8Array> {
  const derive = (salt: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', key, Buffer.from(salt, 'base64'), 'custody/redact/vault/v1', 32))
  const { size } = await handle.stat()
  if (size === 0) {
    const salt = Buffer.from(random(16)).toString('base64')
    const fileKey = derive(salt)
    await handle.appendFile(
      `${JSON.stringify({ vault: headerName, v: 1, salt, ...sealed(fileKey, headerName, proof, random) })}\n`,
    )
    await handle.sync()
    return fileKey
  }
  const header = readHeader(await firstLine(handle))
  if (!header) {
    throw new CustodyError('VAULT_FILE', 'The file given for the vault is none.', {
      kind: 'usage',
      actions: ['Name the file of an earlier run, or one that does not exist.'],
    })
  }
  const fileKey = derive(header.salt)
  if (opened(fileKey, header) !== proof) {
    throw usageError('VAULT_KEY', 'redact: this is not the key that the vault was made with')
  }
  // What a killed run left of its last line must not run into the next one.
  const last = Buffer.alloc(1)
  await handle.read(last, 0, 1, size - 1)
  if (last[0] !== 0x0a) await handle.appendFile('\n')
  return fileKey
}

async function firstLine(handle: FileHandle): Promise<string> {
  const start = Buffer.alloc(1024)
  const { bytesRead } = await handle.read(start, 0, start.length, 0)
  return start.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? ''
}

function readHeader(line: string): (Line & { readonly salt: string }) | null {
  const header = parsed(line) as (Line & { vault?: unknown; v?: unknown; salt: string }) | null
  return header?.vault === headerName && header.v === 1 && typeof header.salt === 'string' ? header : null
}

class FileVault implements Vault {
  readonly #handle: FileHandle
  readonly #key: Uint8Array
  readonly #onLookUp: FileVaultOptions['onLookUp']
  readonly #random: (size: number) => Uint8Array
  readonly #known = new Set<string>()
  #waiting: string[] = []
  #writing: Promise<void> = Promise.resolve()

  constructor(
    handle: FileHandle,
    key: Uint8Array,
    onLookUp: FileVaultOptions['onLookUp'],
    random: (size: number) => Uint8Array,
  ) {
    this.#handle = handle
    this.#key = key
    this.#onLookUp = onLookUp
    this.#random = random
  }

  put(pseudonym: string, { type, text }: FoundValue): void {
    if (this.#known.has(pseudonym)) return
    // Forgetting costs a line that says the same once more.
    if (this.#known.size >= maximumKnown) this.#known.clear()
    this.#known.add(pseudonym)
    this.#waiting.push(JSON.stringify(sealed(this.#key, pseudonym, JSON.stringify({ type, text }), this.#random)))
  }

  flush(): Promise<void> {
    if (this.#waiting.length === 0) return this.#writing
    const lines = `${this.#waiting.join('\n')}\n`
    this.#waiting = []
    this.#writing = this.#writing.then(async () => {
      await this.#handle.appendFile(lines)
      await this.#handle.datasync()
    })
    return this.#writing
  }

  async lookUp(
    pseudonym: string,
    { actor, reason }: { readonly actor: string; readonly reason: string },
  ): Promise<VaultEntry | null> {
    await this.flush()
    const line = await this.#lineOf(pseudonym)
    await this.#onLookUp({ pseudonym, actor, reason, found: line !== null })
    if (line === null) return null
    const text = opened(this.#key, line)
    if (text !== null) return JSON.parse(text) as VaultEntry
    throw new CustodyError('VAULT_DAMAGED', 'A line of the vault does not open: it was altered.', {
      actions: ['Use a copy of the vault from before.'],
    })
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.#handle.close()
    }
  }

  async #lineOf(pseudonym: string): Promise<Line | null> {
    const wanted = `{"p":${JSON.stringify(pseudonym)},`
    let rest = ''
    const decoder = new TextDecoder()
    const chunk = Buffer.alloc(1 << 16)
    for (let at = 0; ; ) {
      const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) return null
      at += bytesRead
      const lines = (rest + decoder.decode(chunk.subarray(0, bytesRead), { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      // A line cut short by a killed run is no line; what it was to say was never let out of the stage.
      const line = lines.map((each) => (each.startsWith(wanted) ? parsed(each) : null)).find((each) => each !== null)
      if (line) return line
    }
  }
}

function sealed(key: Uint8Array, pseudonym: string, text: string, random: (size: number) => Uint8Array): Line {
  const iv = random(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(pseudonym))
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
  return { p: pseudonym, iv: Buffer.from(iv).toString('base64'), data, tag: cipher.getAuthTag().toString('base64') }
}

/** Null when it was altered, or is of another key. */
function opened(key: Uint8Array, { p, iv, data, tag }: Line): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(p)).setAuthTag(Buffer.from(tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function parsed(line: string): Line | null {
  try {
    return JSON.parse(line) as Line
  } catch {
    return null
  }
}
