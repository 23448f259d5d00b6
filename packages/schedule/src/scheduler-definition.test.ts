import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { SchedulerDefinitionOptions, SchedulerKind } from './definition-options.ts'
import { parseSchedule } from './parse-schedule.ts'
import { schedulerDefinition } from './scheduler-definition.ts'
import { hostilePath, hostileText } from './testing/definition-values.ts'

const schedule = parseSchedule({ every: 'month', start: '2026-01-01', timeZone: 'Europe/Berlin' })
const plain: SchedulerDefinitionOptions = {
  schedule,
  command: ['/usr/local/bin/custody', 'archive', '--due'],
  workingDirectory: '/srv/custody',
  name: 'custody-acme',
}
const kinds = ['cron', 'systemd', 'github-actions', 'kubernetes'] as const

/** The text of the one definition that starts the command. */
function definition(kind: SchedulerKind, options: Partial<SchedulerDefinitionOptions> = {}): string {
  const all = { ...plain, ...(kind === 'kubernetes' && { image: 'example.org/custody:1.0.0' }), ...options }
  return Object.values(schedulerDefinition(kind, all))[0] as string
}

const folder = mkdtempSync(join(tmpdir(), 'custody-schedule-'))
afterAll(() => rmSync(folder, { recursive: true }))

function has(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0
}

/** The value behind a key at the beginning of a line. */
function setting(text: string, key: string): string {
  const [, value] = new RegExp(`^${key}=(.*)$`, 'm').exec(text) ?? []
  return value ?? ''
}

describe('cron', () => {
  test('the line', () => {
    const lines = definition('cron', { environmentFile: '/etc/custody/env' }).split('\n')
    const command =
      'cd /srv/custody && set -a && . /etc/custody/env && set +a && PATH=/usr/local/bin:"$PATH" /usr/local/bin/custody archive --due || { code=$?; echo "custody-acme ended with exit code $code"; exit $code; }'
    expect(lines.slice(-4)).toEqual([
      'CRON_TZ=Europe/Berlin',
      `10 2,3 * * * ${command}`,
      `# 10 0,1 * * * ${command}`,
      '',
    ])
  })

  /** What cron does with a line: a percent sign is a line break, unless a backslash is before it. Classic ones halve backslashes too. */
  function fromCrontab(text: string, halvesBackslashes: boolean): string {
    const line = text.split('\n').find((entry) => /^\d/.test(entry)) ?? ''
    const command = line.split(' ').slice(5).join(' ')
    return command.replace(halvesBackslashes ? /\\([\\%])|%/g : /\\(%)|%/g, (_, escaped) => escaped ?? '\n')
  }

  test('runs exactly the command, in the directory, with the environment, whatever is in their names', () => {
    let runs = 0
    fc.assert(
      fc.property(hostilePath, fc.array(hostileText, { maxLength: 3 }), fc.boolean(), (path, args, halves) => {
        const home = join(folder, String(runs++))
        const [directory, program, environmentFile] = ['work', 'bin', 'env'].map((part) => join(home, part, path))
        for (const made of [directory, program, environmentFile]) mkdirSync(made as string, { recursive: true })
        const custody = join(program as string, 'custody')
        // Found by the path of the line, as an interpreter would be.
        writeFileSync(custody, '#!/bin/sh\nanswer "$@"\nexit 3\n')
        writeFileSync(join(program as string, 'answer'), '#!/bin/sh\nprintf "%s\\0" "$PWD" "$TOKEN" "$@"\n')
        for (const name of ['custody', 'answer']) chmodSync(join(program as string, name), 0o700)
        writeFileSync(join(environmentFile as string, 'env'), "TOKEN='a $b'\n")
        const text = definition('cron', {
          command: [custody, ...args],
          workingDirectory: directory as string,
          environmentFile: join(environmentFile as string, 'env'),
        })
        const { stdout, status } = spawnSync('/bin/sh', ['-c', fromCrontab(text, halves)], {
          env: { PATH: '/usr/bin:/bin' },
          encoding: 'utf8',
        })
        expect(stdout).toBe(`${[directory, 'a $b', ...args].join('\0')}\0custody-acme ended with exit code 3\n`)
        expect(status).toBe(3)
      }),
      { numRuns: 40 },
    )
  })

  test('a line longer than crons read is refused', () => {
    const withArgument = (length: number): string =>
      definition('cron', { command: ['/bin/custody', 'x'.repeat(length)] })
    const room = 990 - Buffer.byteLength(fromCrontab(withArgument(1), false)) + 1
    expect(() => withArgument(room)).not.toThrow()
    expect(() => withArgument(room + 1)).toThrow(expect.objectContaining({ code: 'SCHEDULE_DEFINITION' }))
  })
})

describe('systemd', () => {
  const units = (options: Partial<SchedulerDefinitionOptions> = {}): Readonly<Record<string, string>> =>
    schedulerDefinition('systemd', { ...plain, ...options })

  test('a service and a timer', () => {
    const { 'custody-acme.service': service = '', 'custody-acme.timer': timer = '' } = units({
      environmentFile: '/etc/custody/env',
    })
    expect(setting(service, 'ExecStart')).toBe('/usr/local/bin/custody archive --due')
    expect(setting(service, 'WorkingDirectory')).toBe('/srv/custody')
    expect(setting(service, 'EnvironmentFile')).toBe('/etc/custody/env')
    expect(setting(service, 'Environment')).toBe('PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin')
    expect(setting(timer, 'OnCalendar')).toBe('*-*-* 02,03:10:00 Europe/Berlin')
    expect(setting(timer, 'Persistent')).toBe('true')
    expect(Object.keys(units())).toEqual(['custody-acme.service', 'custody-acme.timer'])
  })

  /** Words by the rules of systemd.syntax(7): specifiers, quotes with backslashes; and `$$` in command lines. */
  function words(value: string): readonly string[] {
    const found = [...value.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)]
    return found.map(([, quoted, bare]) => (quoted?.replace(/\\(.)/g, '$1') ?? (bare as string)).replace(/%%/g, '%'))
  }

  test('says exactly the command and the paths, whatever is in their names', () => {
    fc.assert(
      fc.property(hostilePath, fc.array(hostileText, { maxLength: 4 }), (path, args) => {
        const folderOfProgram = path.replace(/["']/g, '_')
        const { 'custody-acme.service': service = '' } = units({
          command: [`${folderOfProgram}/custody`, ...args],
          workingDirectory: path,
          environmentFile: path,
        })
        const execStart = setting(service, 'ExecStart')
        expect(words(execStart).map((word) => word.replaceAll('$$', '$'))).toEqual([
          `${folderOfProgram}/custody`,
          ...args,
        ])
        // No variable, no specifier is left.
        expect(execStart.replaceAll('$$', '').replaceAll('%%', '')).not.toMatch(/[$%]/)
        expect(setting(service, 'WorkingDirectory').replaceAll('%%', '%')).toBe(path)
        expect(setting(service, 'EnvironmentFile').replaceAll('%%', '%')).toBe(path)
        expect(words(setting(service, 'Environment'))).toEqual([
          `PATH=${folderOfProgram}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        ])
      }),
    )
  })

  test.skipIf(!has('systemd-analyze', '--version'))('systemd accepts them', () => {
    const program = join(folder, 'a %n program = #ours')
    writeFileSync(program, '#!/bin/sh\n')
    chmodSync(program, 0o700)
    const files = units({
      command: [program, '$HOME', '%n', '"', "'", ';', 'a b'],
      workingDirectory: '/srv/%n "my" custody',
      environmentFile: '/etc/my custody/env',
    })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const paths = Object.keys(files).map((name) => join(folder, name))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' })
    expect(stderr.split('\n').filter((line) => line.includes('custody'))).toEqual([])
    expect(status).toBe(0)
  })

  test.skipIf(!has('systemd-analyze', 'calendar', '*-*-* 02:00:00 Europe/Berlin'))(
    'systemd starts runs ten minutes after windows become due, on days of 23 and 25 hours too',
    () => {
      const event = setting(units()['custody-acme.timer'] ?? '', 'OnCalendar')
      const runs = (day: string): readonly string[] => {
        const args = ['calendar', '--iterations=2', `--base-time=${day} 12:00:00 UTC`, event]
        const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })
        return [...stdout.matchAll(/(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d UTC/g)].map(([, time = '']) => time)
      }
      // Due at 01:00 in winter, at 00:00 in summer, and at 01:00 on the day whose 02:00 was skipped.
      expect(runs('2026-03-27')).toEqual(['2026-03-28 01:10', '2026-03-28 02:10'])
      expect(runs('2026-03-28')[0]).toBe('2026-03-29 01:10')
      expect(runs('2026-03-29')).toEqual(['2026-03-30 00:10', '2026-03-30 01:10'])
      expect(runs('2026-10-24')[0]).toBe('2026-10-25 00:10')
    },
  )
})

describe('YAML', () => {
  const workflow = (options: Partial<SchedulerDefinitionOptions> = {}): string => definition('github-actions', options)

  test('a workflow in UTC, without permissions, its secrets named only', () => {
    const text = workflow({ secretVariables: ['ACME_ID', 'NO', 'ACME_ID'], environmentFile: '/etc/custody/env' })
    expect(Object.keys(schedulerDefinition('github-actions', plain))).toEqual(['.github/workflows/custody-acme.yml'])
    expect(text).toContain('\n    - cron: "10 0,1 * * *"\n')
    expect(text).toContain('\npermissions: {}\n')
    expect(text).toContain(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
      '\n        env:\n          "ACME_ID": ${{ secrets.ACME_ID }}\n          "NO": ${{ secrets.NO }}\n        run: |\n',
    )
    expect(text).toContain(
      '\n          set -a\n          . /etc/custody/env\n          set +a\n          /usr/local/bin/custody archive --due\n',
    )
    expect(workflow()).not.toContain('env:')
  })

  test('a CronJob in the zone, one at a time', () => {
    const text = definition('kubernetes', { secretName: 'acme' })
    for (const line of [
      'schedule: "10 2,3 * * *"',
      'timeZone: "Europe/Berlin"',
      'concurrencyPolicy: Forbid',
      'restartPolicy: Never',
    ])
      expect(text).toContain(`\n${' '.repeat(line.startsWith('restart') ? 10 : 2)}${line}\n`)
    expect(text).toMatch(/\n {14}envFrom:\n {16}- secretRef:\n {20}name: "acme"\n/)
    expect(definition('kubernetes', { secretName: 'acme', secretVariables: ['ACME_ID'] })).toMatch(
      /\n {16}- name: "ACME_ID"\n {18}valueFrom:\n {20}secretKeyRef:\n {22}name: "acme"\n {22}key: "ACME_ID"\n/,
    )
    expect(definition('kubernetes')).not.toMatch(/env(From)?:/)
  })

  const parse = 'import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))'

  test.skipIf(!has('python3', '-c', 'import yaml'))(
    'is what it says, read by another program, whatever is in the names',
    () => {
      const values = fc.sample(fc.tuple(hostilePath, fc.array(hostileText, { maxLength: 4 })), {
        numRuns: 40,
        seed: 5,
      })
      const texts = values.flatMap(([workingDirectory, args]) => {
        const options = {
          command: ['custody', ...args] as const,
          workingDirectory,
          secretVariables: ['NO'],
          secretName: 'on',
        }
        const { secretName: _, ...forGithub } = options
        return [workflow({ ...forGithub, name: 'on' }), definition('kubernetes', options)]
      })
      const { stdout, stderr } = spawnSync('python3', ['-c', parse], { input: texts.join('\n---\n'), encoding: 'utf8' })
      expect(stderr).toBe('')
      const documents = JSON.parse(stdout)
      expect(documents).toHaveLength(80)
      for (const [index, [workingDirectory, args]] of values.entries()) {
        const [github, kubernetes] = documents.slice(2 * index)
        const [step] = github.jobs.archive.steps
        expect(github).toMatchObject({
          name: 'on',
          permissions: {},
          concurrency: { group: 'on', 'cancel-in-progress': false },
        })
        expect(step['working-directory']).toBe(workingDirectory)
        // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
        expect(step.env).toEqual({ NO: '${{ secrets.NO }}' })
        const said = spawnSync('bash', ['-c', `custody() { printf '%s\\0' "$@"; }\n${step.run}`], { encoding: 'utf8' })
        expect(said.stdout).toBe(args.length === 0 ? '\0' : `${args.join('\0')}\0`)

        const { template, backoffLimit } = kubernetes.spec.jobTemplate.spec
        const [container] = template.spec.containers
        expect(backoffLimit).toBe(3)
        expect(kubernetes.spec.startingDeadlineSeconds).toBeGreaterThan(3600)
        expect(container.workingDir).toBe(workingDirectory)
        expect(container.volumeMounts[0].mountPath).toBe(workingDirectory)
        // As the kubelet expands it: $$ is $, and nothing else is left.
        expect(container.command.map((word: string) => word.replaceAll('$$', '$'))).toEqual(['custody', ...args])
        expect(container.command.join('').replaceAll('$$', '')).not.toContain('$')
        expect(container.env[0].valueFrom.secretKeyRef).toEqual({ name: 'on', key: 'NO' })
      }
    },
  )

  test('has the same structure, whatever is in the names', () => {
    const keys = (text: string): readonly string[] =>
      text.split('\n').map((line) => /^ *(- )?[\w-]+:/.exec(line)?.[0] ?? (/^ *- /.exec(line) ?? [''])[0])
    fc.assert(
      fc.property(hostilePath, hostileText, (workingDirectory, argument) => {
        const [from, to] = [
          ['custody', 'archive'],
          ['custody', argument],
        ] as const
        expect(keys(definition('kubernetes', { command: to, workingDirectory }))).toEqual(
          keys(definition('kubernetes', { command: from })),
        )
        expect(workflow({ command: to, workingDirectory }).split('\n')).toHaveLength(workflow().split('\n').length)
      }),
    )
  })
})

describe('every definition', () => {
  test.each(kinds)('%s: is the same for the same options, ends with a line, and explains itself in ASCII', (kind) => {
    const options = { ...plain, ...(kind === 'kubernetes' && { image: 'a' }) }
    const files = schedulerDefinition(kind, options)
    expect(schedulerDefinition(kind, options)).toEqual(files)
    for (const text of Object.values(files)) expect(text).toMatch(/^[\n -~]*[^\n]\n$/)
    const [text = ''] = Object.values(files)
    for (const word of ['harmless', '# Exit codes', '#   3  incomplete', '#   4  findings'])
      expect(text).toContain(word)
  })

  test.each(kinds)('%s: refuses what could not be written safely, without repeating it', (kind) => {
    for (const bad of [
      '',
      'a\nb',
      'a\rb',
      'a\0b',
      'a\tb',
      'a\u2028b',
      'a\u0085b',
      'a\u202eb',
      'a\ud800',
      'a\\b',
      'x'.repeat(4097),
    ]) {
      const wrong: readonly Partial<SchedulerDefinitionOptions>[] = [
        { command: ['/bin/custody', bad] },
        { command: [`/${bad}`.slice(0, bad === '' ? 0 : undefined)] },
        { workingDirectory: bad === '' ? bad : `/srv/${bad}` },
        { name: `a${bad}`.slice(0, bad === '' ? 0 : undefined) },
        ...(kind === 'kubernetes' ? [{ image: bad }, { secretName: bad }] : [{ environmentFile: bad }]),
      ]
      for (const options of wrong) {
        const refusal = expect.objectContaining({ code: 'SCHEDULE_DEFINITION', kind: 'usage' })
        expect(() => definition(kind, options), JSON.stringify(options)).toThrow(refusal)
      }
    }
    expect(() => definition(kind, { workingDirectory: 'hunter2' })).not.toThrow(/hunter2/)
  })

  test.each<[SchedulerKind, Partial<SchedulerDefinitionOptions>]>([
    ['cron', { command: ['custody'] }],
    ['cron', { command: ['/opt/a:b/custody'] }],
    ['cron', { image: 'a' }],
    ['cron', { secretName: 'a' }],
    ['systemd', { command: ['custody'] }],
    ['systemd', { command: ['/opt/$a/custody'] }],
    ['systemd', { command: [`/opt/o'a/custody`] }],
    ['systemd', { environmentFile: '/etc/*/env' }],
    ['systemd', { secretVariables: ['A'] }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
    ['github-actions', { command: ['custody', '${{ secrets.A }}'] }],
    ['github-actions', { secretVariables: ['GITHUB_TOKEN'] }],
    ['github-actions', { secretVariables: ['A B'] }],
    ['github-actions', { secretName: 'a' }],
    ['kubernetes', { environmentFile: '/etc/custody/env' }],
    ['kubernetes', { secretVariables: ['A'] }],
    ['kubernetes', { workingDirectory: '/srv/a:b' }],
    ['kubernetes', { image: undefined as never }],
    ['kubernetes', { secretName: 'A_B' }],
    ['kubernetes', { name: 'a'.repeat(53) }],
    ['kubernetes', { name: '-a' }],
    ['cron', { workingDirectory: 'srv' }],
    ['cron', { workingDirectory: '/' }],
    ['cron', { workingDirectory: '/srv/../etc' }],
    ['cron', { workingDirectory: '/srv ' }],
    ['cron', { command: [] as never }],
  ])('%s: refuses %j', (kind, options) => {
    expect(() => definition(kind, options)).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_DEFINITION', kind: 'usage' }),
    )
  })

  test('an unknown scheduler, and a schedule that was not checked, are refused', () => {
    expect(() => schedulerDefinition('launchd' as never, plain)).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_DEFINITION' }),
    )
    expect(() => definition('cron', { schedule: { ...schedule, timeZone: 'UTC\n* * * * * id' } })).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_TIME_ZONE' }),
    )
  })
})
