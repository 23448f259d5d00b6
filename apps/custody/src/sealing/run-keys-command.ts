import { existsSync } from 'node:fs'
import { exportPrivateKey, exportPublicKey, initKey, listKeys, type NewKey, rotateKey } from '@custody/keys'
import type { CommandContext } from '../command-context.ts'
import type { KeysFlags } from '../commands/keys.ts'
import { defaultConfigFile } from '../config/choices.ts'
import { loadConfig } from '../config/load.ts'
import { sealSchema } from '../config/seal-schema.ts'
import { readSecret } from '../config/secret.ts'
import type { Console } from '../console.ts'

interface Place {
  readonly directory: string
  readonly passphrase?: string
}

/** Runs `custody keys init|list|rotate|export`. */
export async function runKeysCommand(
  name: 'init' | 'list' | 'rotate' | 'export',
  flags: KeysFlags,
  context: CommandContext,
): Promise<void> {
  const console = context.console(flags)
  const place = placeOf(flags, context.env)
  const { clock } = context
  if (name === 'list') return await showKeys(place, console)
  if (name === 'export') return await exportKey(place, flags, console)
  if (name === 'init') {
    const key = await initKey({ ...place, clock, ...(flags.newChain && { replaceLostKey: true }) })
    showNewKey('key-created', key, place, console)
    return
  }
  showNewKey('key-rotated', await rotateKey({ ...place, clock }), place, console)
}

/** A key can be made before there is a configuration: then the defaults of `seal` hold. */
function placeOf(flags: KeysFlags, env: NodeJS.ProcessEnv): Place {
  const isThere = flags.config !== defaultConfigFile || existsSync(flags.config)
  const { keys, passphrase } = (isThere ? loadConfig(flags.config).seal : undefined) ?? sealSchema.parse({})
  const directory = flags.keys ?? keys
  return passphrase ? { directory, passphrase: readSecret(passphrase, 'seal.passphrase', env) } : { directory }
}

function showNewKey(type: 'key-created' | 'key-rotated', key: NewKey, { directory }: Place, console: Console): void {
  const { fingerprint, createdAt, replaced, encrypted, resumed } = key
  console.event({ type, fingerprint, createdAt, replaced, encrypted, resumed })
  console.data(fingerprint)
  if (resumed) console.talk('This key was made by an earlier run that was interrupted; it is finished now.')
  if (!encrypted) {
    console.talk('The private key lies open in its file. seal.passphrase of the configuration would encrypt it.')
  }
  console.talk(`Keep a copy of ${directory} in a safe place: without it the chain of archives cannot go on.`)
  console.talk('Give the fingerprint, or custody keys export, to those who verify: by another way than the archives.')
}

async function showKeys(place: Place, console: Console): Promise<void> {
  const { keys, warnings } = await listKeys(place)
  for (const { fingerprint, state, createdAt, endedAt, privateKey } of keys) {
    console.event({ type: 'key', fingerprint, state, createdAt, endedAt, privateKey })
    const span = `${createdAt ?? '?'} – ${endedAt ?? (state === 'current' ? 'now' : '?')}`
    console.data(`${state.padEnd(8)}${fingerprint}  ${span}${privateKey ? `  private key ${privateKey}` : ''}`)
  }
  for (const warning of warnings) {
    console.event({ type: 'warning', message: warning })
    console.warn(warning)
  }
}

async function exportKey(place: Place, flags: KeysFlags, console: Console): Promise<void> {
  if (flags.private) {
    console.data((await exportPrivateKey(place)).trimEnd())
    return
  }
  const { directory } = place
  const { fingerprint, origin } = flags
  const key = await exportPublicKey({ directory, ...(fingerprint && { fingerprint }), ...(origin && { origin }) })
  console.event({ type: 'public-key', ...key })
  console.data(key.pem.trimEnd())
  console.talk(`Fingerprint:       ${key.fingerprint}`)
  console.talk(`OpenSSH:           ${key.openSsh}`)
  console.talk(`allowed_signers:   ${key.allowedSigners}`)
  if (key.verifierKey !== null) console.talk(`C2SP verifier key: ${key.verifierKey}`)
}
