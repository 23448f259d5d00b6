import type { Attachment, Entry } from '@custody/model'
import { contentVersionOf } from './assumptions.ts'

/** Where the bytes of an attachment may be had: over HTTP, or they stand in the address itself. */
export interface Address {
  readonly kind: 'remote' | 'inline'
  readonly address: string
}

/**
 * Where to ask for a file, the first choice first; nothing where it says no place. Whether a place is the org's own is for
 * the client to say. Pure.
 */
export function addressesOf(attachment: Attachment, entry: Entry, apiVersion: string): readonly Address[] {
  const url = attachment.url === null ? null : toAddress(attachment.url)
  const version = contentVersionOf(attachment, entry)
  // Documented: REST API Developer Guide, "sObject Blob Get".
  const path = `/services/data/v${apiVersion}/sobjects/ContentVersion/${version}/VersionData`
  return [...(url ? [url] : []), ...(version === null ? [] : [{ kind: 'remote', address: path } as const])]
}

/** A path on the instance, an `http:`, `https:` or `data:` address; null for anything else. */
function toAddress(url: string): Address | null {
  if (url.startsWith('/')) return { kind: 'remote', address: url }
  const scheme = /^\s*([a-z]+):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === 'data') return { kind: 'inline', address: url }
  return scheme === 'https' || scheme === 'http' ? { kind: 'remote', address: url } : null
}
