import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { runProgram } from '../program.ts'
import { launcher, type Ran, runCommand } from '../testing/run-custody.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-schedule-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Nothing becomes due of it for a long time: a run ends at once. */
const future = '{ every: month, start: 2090-01-01, timeZone: Europe/Berlin }'
const [environment, image] = [
  ['--environment-file', '/etc/custody/env'],
  ['--image', 'registry.example/custody:1'],
]

function configOf(more: string, orgs: Readonly<Record<string, string>> = { acme: '', 'Beta-2': '' }): string {
  const file = join(folder, `config-${Math.random()}.yaml`)
  const blocks = Object.entries(orgs).map(
    ([alias, also], index) => `  ${alias}:
    loginUrl: https://org-${index}.my.salesforce.com
    auth:
      flow: client-credentials
      users: [{ name: a, clientId: { env: ID_${index} }, clientSecret: { file: /run/secrets/x } }]
    archiveSecret: { env: KEY_${index} }
${also === '' ? '' : `    ${also}\n`}`,
  )
  writeFileSync(file, `version: 1\norgs:\n${blocks.join('')}seal: { passphrase: { env: PASSPHRASE } }\n${more}\n`)
  return file
}

async function schedule(config: string, ...args: readonly string[]): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const code = await runProgram(['schedule', ...args, '--config', config], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    signal: new AbortController().signal,
  })
  return { code, stdout, stderr }
}

describe('custody schedule', () => {
  test('cron: its line is the command that archives what is due, and it runs', async () => {
    const config = configOf(`schedule: ${future}`)
    const envFile = join(folder, 'env')
    writeFileSync(envFile, "ID_0='a'\n")
    const ran = await schedule(config, 'cron', '--directory', folder, '--environment-file', envFile)
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^CRON_TZ=Europe\/Berlin$/m)
    const [line = ''] = ran.stdout.split('\n').filter((each) => /^\d/.test(each))
    const command = line.split(' ').slice(5).join(' ')
    expect(command).toContain(`${launcher} archive --due --config ${config}`)
    const run = await runCommand('/bin/sh', ['-c', command], { cwd: '/' })
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/acme .*nothing was due; next at 2090-02-01T01:00/)
  })

  test('systemd: two files that only differ in what is printed and written', async () => {
    const config = configOf(`schedule: ${future}`)
    const printed = await schedule(config, 'systemd', ...(environment ?? []))
    const into = join(folder, 'units')
    const written = await schedule(config, 'systemd', ...(environment ?? []), '--into', into)
    expect(written.stdout).toBe(`${join(into, 'custody.service')}\n${join(into, 'custody.timer')}\n`)
    const [service, timer] = ['custody.service', 'custody.timer'].map((name) => readFileSync(join(into, name), 'utf8'))
    expect(printed.stdout).toBe(`# custody.service\n${service}\n# custody.timer\n${timer}`)
    expect(service).toContain(`\nExecStart=${launcher} archive --due --config ${config}\n`)
    expect(service).toContain('\nEnvironmentFile=/etc/custody/env\n')

    const again = await schedule(config, 'systemd', '--into', into)
    expect({ code: again.code, said: again.stderr.includes('[SCHEDULE_FILE]') }).toEqual({ code: 5, said: true })
  })

  test('github-actions: the secrets of the configuration are the secrets of their names', async () => {
    const ran = await schedule(configOf(`schedule: ${future}`), 'github-actions')
    const { jobs } = parse(ran.stdout) as { jobs: { archive: { steps: { env: object; run: string }[] } } }
    const [step] = jobs.archive.steps
    expect(Object.keys(step?.env ?? {})).toEqual(['ID_0', 'ID_1', 'KEY_0', 'KEY_1', 'PASSPHRASE'])
    expect(step?.run).toContain('archive --due')
  })

  test('kubernetes: documents for kubectl, with the keys of a Secret', async () => {
    const ran = await schedule(configOf(`schedule: ${future}`), 'kubernetes', ...(image ?? []), '--org', 'Beta-2')
    const [job, volume] = parseAllDocuments(ran.stdout).map((document) => document.toJS())
    expect([job.kind, volume.kind, job.metadata.name]).toEqual(['CronJob', 'PersistentVolumeClaim', 'custody-beta-2'])
    const [container] = job.spec.jobTemplate.spec.template.spec.containers
    expect(container.command.slice(0, 5)).toEqual(['custody', 'archive', '--due', '--org', 'Beta-2'])
    expect(container.env.map((each: { name: string }) => each.name)).toEqual(['ID_1', 'KEY_1', 'PASSPHRASE'])
    expect(container.env[0].valueFrom.secretKeyRef.name).toBe('custody-beta-2')
  })

  test('one definition for all orgs of one schedule, one for each where they differ', async () => {
    const same = await schedule(configOf(`schedule: ${future}`), 'cron', '--json')
    expect(Object.keys(JSON.parse(same.stdout).files)).toEqual(['custody.cron'])
    const differ = configOf('', {
      acme: 'schedule: { every: month, start: 2026-01-01 }',
      beta: '',
      gamma: 'schedule: { every: week, start: 2026-01-01 }',
    })
    const each = await schedule(differ, 'cron', '--json')
    const { files } = JSON.parse(each.stdout)
    expect(Object.keys(files)).toEqual(['custody-acme.cron', 'custody-gamma.cron'])
    expect(files['custody-gamma.cron']).toContain('archive --due --org gamma')
    const named = await schedule(differ, 'cron', '--json', '--name', 'night')
    expect(Object.keys(JSON.parse(named.stdout).files)).toEqual(['night-acme.cron', 'night-gamma.cron'])
  })

  test('warns where the definition gives the runs no secrets', async () => {
    const ran = await schedule(configOf(`schedule: ${future}`), 'cron', '--org', 'acme')
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain('The runs need ID_0, KEY_0, PASSPHRASE in their environment')
  })

  test.each([
    [['cron'], '', 'SCHEDULE_NONE'],
    [['kubernetes'], `schedule: ${future}`, 'SCHEDULE_DEFINITION'],
    [['cron', '--program', 'custody'], `schedule: ${future}`, 'SCHEDULE_DEFINITION'],
    [['cron', '--org', 'acne'], `schedule: ${future}`, 'ORG_UNKNOWN'],
    [['cron', '--directory', '/srv/a\nb'], `schedule: ${future}`, 'SCHEDULE_DEFINITION'],
    [['cron'], 'schedule: { every: month, start: 2026-02-30 }', 'CONFIG_INVALID'],
  ])('refuses %j with %s as %s', async (args, more, code) => {
    const ran = await schedule(configOf(more), ...args)
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(`[${code}]`)
  })

  test('an unknown scheduler is refused with those there are', async () => {
    const ran = await schedule(configOf(`schedule: ${future}`), 'crom')
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('cron, systemd, github-actions, kubernetes')
  })
})
