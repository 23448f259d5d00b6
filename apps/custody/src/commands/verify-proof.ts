import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { exitCodes } from '../exit-code.ts'
import { flag, type TalkOptions, talkFlags } from '../flags.ts'

interface VerifyProofFlags extends TalkOptions {
  readonly key?: string
}

const names = ['proof.tlog-proof', 'record.json', 'conversation.json', 'signer.pub', 'key-transitions.note']

/** `custody verify-proof`. */
export function verifyProofCommand(context: CommandContext): Command {
  const command = new Command('verify-proof')
    .description('Check that a conversation is in a sealed archive, without the archive.')
    .argument('<folder>', 'what custody prove wrote')
    .addOption(flag('--key <file>', 'the public key that is trusted; without it, the one in the folder is taken'))
  for (const option of talkFlags()) command.addOption(option)
  return command.action((folder: string, flags: VerifyProofFlags) => verifyProofFolder(folder, flags, context))
}

async function verifyProofFolder(folder: string, flags: VerifyProofFlags, context: CommandContext): Promise<void> {
  const { verifyProof } = await import('@custody/archive')
  const { readTrustedKeys } = await import('../sealing/trusted-keys.ts')
  const console = context.console(flags)
  const trustedKeys = readTrustedKeys(flags.key)
  const files = new Map<string, Uint8Array>()
  for (const name of names) {
    const bytes = await readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (bytes !== null) files.set(name, bytes)
  }
  if (files.size === 0) {
    throw new CustodyError('PROOF_NOT_FOUND', `There is no proof in ${folder}.`, {
      kind: 'not-found',
      actions: ['Check the path: it is the folder that custody prove wrote.'],
    })
  }
  const { findings, ...facts } = verifyProof(files, trustedKeys ? { trustedKeys } : {})
  for (const finding of findings) {
    console.event({ type: 'finding', folder, ...finding })
    console.data(`${finding.code}  ${finding.path ?? ''}  ${finding.message}`)
  }
  console.event({ type: 'proof-verified', folder, ...facts, findings: findings.length })
  if (findings.length > 0) {
    console.data(`${folder}: ${findings.length} findings`)
    context.end(exitCodes.findings)
    return
  }
  console.data(`${folder}: valid (record ${facts.index} of ${facts.size} of ${facts.archive}, sealed by ${facts.key})`)
  if (facts.trust === 'not-compared') {
    console.warn('The key came with the proof. Compare its fingerprint with one from elsewhere, or name it: --key FILE')
  }
}
