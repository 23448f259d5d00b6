import { join } from 'node:path'
import { publicKeyFingerprint, type SignedTransition } from '@custody/seal'
import type { ChainStart } from './chain-start.ts'
import { retiredFile } from './key-files.ts'
import { currentOf, originOf } from './key-history.ts'
import { hasTraces, missing, readKeyState } from './key-state.ts'
import { fileWarnings, matchWarnings, openKeyOf, type PrivateKeyState, privateKeyState } from './key-warnings.ts'
import { readRetired } from './retired-keys.ts'

/** A key as it stands in its folder. Times are ISO 8601, UTC. */
export interface ListedKey {
  /** `sha256:<hex>` over the SPKI DER. */
  readonly fingerprint: string
  /** 32 raw bytes; null when only its fingerprint is known. */
  readonly publicKey: Uint8Array | null
  /**
   * `current` signs; `retired` handed over to the one after it; `lost` was replaced without being able to; `next` takes the
   * place of the current one when the interrupted change is finished.
   */
  readonly state: 'current' | 'retired' | 'lost' | 'next'
  /** ISO 8601 UTC; null where no note tells. */
  readonly createdAt: string | null
  /** Since when the next key signs; null for the current one, and where no note tells. */
  readonly endedAt: string | null
  /** Of the current key; null for others, whose private half is not kept. */
  readonly privateKey: PrivateKeyState | null
}

/** The keys of a folder, and what is worth saying about them. */
export interface KeyList {
  /** Newest first; those no note tells of come last. */
  readonly keys: readonly ListedKey[]
  /** What is wrong with the directory, a sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Lists the keys of a directory, without a passphrase. What is wrong is a warning, so that it can be seen at all.
 *
 * @throws CustodyError `KEY_MISSING`, `KEY_HISTORY`, `KEY_MALFORMED`, `KEY_NOT_A_FILE`, `KEY_DISK`
 */
export async function listKeys(options: { readonly directory: string }): Promise<KeyList> {
  const { directory } = options
  const state = await readKeyState(directory)
  if (state.privateKey === null && !hasTraces(state)) throw missing(directory)
  const retired = await readRetired(directory, state.retired)
  const { starts } = state.history
  const transitions = [...retired.transitions, ...state.history.transitions]
  const open = openKeyOf(state)
  const currentKey = state.publicKey ?? open
  const current = currentKey ? publicKeyFingerprint(currentKey) : currentOf(state.history)

  const known = inOrder(starts, transitions, retired.publicKeys)
  if (current !== null) known.set(current, currentKey ?? known.get(current) ?? null)
  // Decided, and not in its place yet.
  const next = state.interrupted ? currentOf(state.history) : null

  const keys = [...known].reverse().map(([fingerprint, publicKey]): ListedKey => {
    const lostFor = starts.find(({ replaces }) => replaces === fingerprint)
    const handedOver = transitions.find(({ from }) => from === fingerprint)
    const isCurrent = fingerprint === current
    return {
      fingerprint,
      publicKey,
      state: isCurrent ? 'current' : fingerprint === next ? 'next' : lostFor ? 'lost' : 'retired',
      createdAt: originOf({ starts, transitions }, fingerprint)?.createdAt ?? null,
      endedAt: isCurrent ? null : (handedOver?.created ?? lostFor?.createdAt ?? null),
      privateKey: isCurrent ? privateKeyState(state) : null,
    }
  })
  const warnings = [
    ...(await fileWarnings(state)),
    ...matchWarnings(state, open),
    ...retired.warnings,
    ...keys
      .filter(({ endedAt, fingerprint }) => endedAt !== null && !retired.publicKeys.has(fingerprint))
      .map(({ fingerprint }) => `${join(directory, retiredFile(fingerprint))} is missing.`),
  ]
  return { keys, warnings }
}

/** All keys that something tells of, oldest first; those of which no note tells come before them. */
function inOrder(
  starts: readonly ChainStart[],
  transitions: readonly SignedTransition[],
  retired: ReadonlyMap<string, Uint8Array>,
): Map<string, Uint8Array | null> {
  const chained = new Map<string, Uint8Array | null>()
  const follow = (fingerprint: string, publicKey: Uint8Array | null): void => {
    if (chained.has(fingerprint)) return
    chained.set(fingerprint, publicKey)
    for (const { from, to, toKey } of transitions) if (from === fingerprint) follow(to, toKey)
  }
  for (const { replaces, fingerprint, publicKey } of starts) {
    if (replaces.startsWith('sha256:')) follow(replaces, retired.get(replaces) ?? null)
    follow(fingerprint, publicKey)
  }
  for (const { from } of transitions) follow(from, retired.get(from) ?? null)
  return new Map([...[...retired].filter(([fingerprint]) => !chained.has(fingerprint)), ...chained])
}
