import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag } from '../flags.ts'
import { type ErasureFlags, operatorFlag, withErasureFlags } from './erase-flags.ts'

/** The flags of `custody erase add`, as typed. */
export interface EraseAddFlags extends ErasureFlags {
  readonly file?: string
  readonly reference?: string
  readonly endUser?: readonly string[]
  readonly contact?: readonly string[]
  readonly phone?: readonly string[]
  readonly email?: readonly string[]
  readonly platformKey?: readonly string[]
  readonly conversation?: readonly string[]
  readonly received?: string
  readonly regime?: string
  readonly due?: string
  readonly jurisdiction?: string
  readonly manner?: string
  readonly noteFile?: string
}

export interface EraseStatusFlags extends ErasureFlags {
  readonly closed?: boolean
}

export interface EraseRegisterFlags extends ErasureFlags {
  readonly since?: string
}

export interface EraseWithdrawFlags extends ErasureFlags {
  readonly operator: string
}

export interface EraseExtendFlags extends ErasureFlags {
  readonly reason: string
  readonly operator: string
}

const historyHelp = `
What is typed here stays in the history of the shell, and everybody on this machine sees it while the command runs:
write identifiers into a file and use --file. Its columns: reference, received, and any of end_user_ids, contact_ids,
phones, emails, platform_keys, conversations, regime, due, jurisdiction, manner, note; values of a cell are separated by ;`

/** `custody erase add`. */
export function eraseAddCommand(context: CommandContext): Command {
  const add = new Command('add')
    .description('Take down a deletion request, or a CSV file of them. The same again adds nothing.')
    .addOption(flag('--file <csv>', 'a file with one request a row, instead of the flags below'))
    .addOption(flag('--reference <id>', 'what the request is called elsewhere; kept for good, so no name'))
    .addOption(flag('--end-user <ids...>', 'ids of messaging end users'))
    .addOption(flag('--contact <ids...>', 'ids of contacts'))
    .addOption(flag('--phone <numbers...>', 'phone numbers'))
    .addOption(flag('--email <addresses...>', 'e-mail addresses'))
    .addOption(flag('--platform-key <keys...>', 'what the channel calls the person (MessagingPlatformKey)'))
    .addOption(flag('--conversation <ids...>', 'ConversationIdentifiers, for a request about them and no person'))
    .addOption(flag('--received <day>', 'when it was received: 2026-11-21'))
    .addOption(flag('--regime <law>', 'gdpr: due in a month; ccpa: in 45 days; own: on the day of --due'))
    .addOption(flag('--due <day>', 'when it is due, where that is not the last day the law allows'))
    .addOption(flag('--jurisdiction <code>', 'where the person lives: DE, US-CA'))
    .addOption(
      flag('--manner <how>', 'how it was made: web-form, e-mail, phone, letter, in-person, chat, agent, other'),
    )
    .addOption(flag('--note-file <file>', 'a text to keep with it; gone when the request is closed'))
    .addHelpText('after', historyHelp)
  return withErasureFlags(add).action(async (flags: EraseAddFlags) => {
    const { addErasureRequests } = await import('../erasing/add-requests.ts')
    await addErasureRequests(flags, context)
  })
}

/** `custody erase status`. */
export function eraseStatusCommand(context: CommandContext): Command {
  const status = new Command('status')
    .description('Where requests stand, overdue ones first. Ends with 4 when one is overdue.')
    .argument('[reference]', 'only this one')
    .addOption(flag('--closed', 'list those too that are closed or withdrawn'))
  return withErasureFlags(status).action(async (reference: string | undefined, flags: EraseStatusFlags) => {
    const { showErasureStatus } = await import('../erasing/show-status.ts')
    await showErasureStatus(reference, flags, context)
  })
}

/** `custody erase register`. */
export function eraseRegisterCommand(context: CommandContext): Command {
  const register = new Command('register')
    .description('Print the register of requests as CSV, by the columns of 11 CCR 7101. No personal data is in it.')
    .addOption(flag('--since <day>', 'from which day on (default: 24 months ago)'))
  return withErasureFlags(register).action(async (flags: EraseRegisterFlags) => {
    const { showRegister } = await import('../erasing/show-register.ts')
    await showRegister(flags, context)
  })
}

/** `custody erase withdraw`. */
export function eraseWithdrawCommand(context: CommandContext): Command {
  const withdraw = new Command('withdraw')
    .description(
      'End a request that was taken back, as long as nothing was deleted for it. What names the person goes.',
    )
    .argument('<reference>', 'which one')
    .addOption(operatorFlag('who ends it'))
  return withErasureFlags(withdraw).action(async (reference: string, flags: EraseWithdrawFlags) => {
    const { withdrawRequest } = await import('../erasing/withdraw-request.ts')
    await withdrawRequest(reference, flags, context)
  })
}

const extendHelp = `
GDPR Art. 12(3): by two further months, where that is necessary for the complexity and number of the requests. CCPA: to 90
days in all. Once, and not after the day it was due: whoever asked has to be told by then, with the reason.`

/** `custody erase extend`. */
export function eraseExtendCommand(context: CommandContext): Command {
  const extend = new Command('extend')
    .description('Move the due day of a request as far as the law allows, and record why and by whom.')
    .argument('<reference>', 'which one')
    .addOption(flag('--reason <why>', 'complexity or number-of-requests').makeOptionMandatory())
    .addOption(operatorFlag('who extends it'))
    .addHelpText('after', extendHelp)
  return withErasureFlags(extend).action(async (reference: string, flags: EraseExtendFlags) => {
    const { extendRequest } = await import('../erasing/extend-request.ts')
    await extendRequest(reference, flags, context)
  })
}
