import { existsSync } from 'node:fs'
import { readSealFiles } from '@custody/archive'
import { parseSeal, type Seal } from '@custody/seal'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'

/** An org of the configuration, and the seal of an archive of it. */
export interface OrgOfArchive {
  readonly config: Config
  readonly alias: string
  readonly seal: Seal
}

/** Whose sealed archive it is, as the configuration knows; null for one without a seal, or of an org that is not in it. */
export async function orgOfArchive(archive: string, configFile: string): Promise<OrgOfArchive | null> {
  const text = (await readSealFiles(archive)).get('seal/seal.txt')
  const seal = text ? parseSeal(Buffer.from(text).toString('utf8')) : null
  if (seal === null || !existsSync(configFile)) return null
  const config = loadConfig(configFile)
  if (!config.seal) return null
  const alias = Object.keys(config.orgs).find((alias) => (config.orgs[alias]?.origin ?? alias) === seal.origin)
  return alias === undefined ? null : { config, alias, seal }
}
