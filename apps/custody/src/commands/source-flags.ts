import type { Command } from 'commander'
import { sourceNames } from '../archive-job/source-names.ts'
import { data360Apis } from '../config/choices.ts'
import { flag } from '../flags.ts'

/** Flags that say which sources are asked, as typed. */
export interface SourceFlags {
  readonly source?: string
  readonly api?: string
  readonly export?: string
  readonly mapping?: string
  readonly exportedAt?: string
  readonly legacyChats?: boolean
  readonly witness?: string
  readonly allowFallback?: string
}

export function addSourceFlags(command: Command): void {
  command
    .addOption(
      flag(
        '--source <source>',
        `where entries are read: ${sourceNames.join(', ')} (default: as the configuration says, or conversation-data)`,
      ),
    )
    .addOption(flag('--api <api>', `for data360: ${data360Apis.join(', ')}`))
    .addOption(flag('--export <files>', 'for transcript-export: its files or folders, separated by commas'))
    .addOption(
      flag('--mapping <file>', 'for transcript-export: how its columns are called; see custody export inspect'),
    )
    .addOption(flag('--exported-at <time>', 'for transcript-export: when it was made; what came later is not in it'))
    .addOption(flag('--legacy-chats', 'read the chats of the legacy product (LiveChatTranscript) too'))
    .addOption(flag('--witness <sources>', 'further sources to ask about every conversation, separated by commas'))
    .addOption(
      flag(
        '--allow-fallback <source>',
        'where to read a conversation the source does not give: connect, conversation-data',
      ),
    )
}
