import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.ts'

/** Names and sizes of the files that a reader finds, in its order; it has read and checked every byte of them. */
type ReadZip = (zip: string) => readonly { readonly name: string; readonly size: number }[]

const python = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps([dict(name=i.filename, size=i.file_size) for i in z.infolist()]))`

const java = `
import java.util.zip.*;
class ReadZip {
  public static void main(String[] args) throws Exception {
    var buffer = new byte[1 << 16];
    try (var zip = new ZipFile(args[0])) {
      var found = new StringBuilder();
      for (var entries = zip.entries(); entries.hasMoreElements();) {
        var e = entries.nextElement();
        long size = 0;
        try (var in = zip.getInputStream(e)) { for (int n; (n = in.read(buffer)) >= 0;) size += n; }
        found.append(e.getName()).append('\\t').append(size).append('\\n');
      }
      System.out.print(found);
    }
  }
}`

/** Every reader of ZIPs that may be at hand: its command and how it reads. */
export const zipReaders: Readonly<Record<string, ReadZip>> = {
  unzip(zip) {
    run('unzip', ['-tqq', zip])
    // `-l` without head and tail: size, date, time, name.
    return rows(run('unzip', ['-lqq', zip]), /^\s*(\d+)\s+\S+\s+\S+\s+(.+)$/, 2, 1)
  },
  '7zz': (zip) => sevenZip('7zz', zip),
  '7z': (zip) => sevenZip('7z', zip),
  bsdtar(zip) {
    run('bsdtar', ['-xOf', zip], 'ignore')
    return rows(run('bsdtar', ['-tvf', zip]), /^\S+\s+\S+\s+\S+\s+\S+\s+(\d+)\s+\S+\s+\S+\s+\S+\s+(.+)$/, 2, 1)
  },
  python3: (zip) => JSON.parse(run('python3', ['-c', python, zip])),
  java(zip) {
    const source = join(temporaryFolder(), 'ReadZip.java')
    writeFileSync(source, java)
    return rows(run('java', [source, zip]), /^(.+)\t(\d+)$/, 1, 2)
  },
}

/** Whether a command can be started here. */
export function isInstalled(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function sevenZip(command: string, zip: string): ReturnType<ReadZip> {
  run(command, ['t', '-bso0', zip])
  const listing = run(command, ['l', '-ba', '-slt', zip])
  const value = (block: string, key: string): string | undefined => new RegExp(`^${key} = (.*)$`, 'm').exec(block)?.[1]
  return listing
    .split(/\n\n+/)
    .filter((block) => value(block, 'Path') !== undefined)
    .map((block) => ({ name: value(block, 'Path') ?? '', size: Number(value(block, 'Size')) }))
}

function rows(text: string, row: RegExp, name: number, size: number): ReturnType<ReadZip> {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const found = row.exec(line)
      if (!found) throw new Error(`a line that is no row: ${line}`)
      return { name: found[name] ?? '', size: Number(found[size]) }
    })
}

function run(command: string, args: readonly string[], output: 'pipe' | 'ignore' = 'pipe'): string {
  const printed = execFileSync(command, [...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', output, 'pipe'],
  })
  return printed ?? ''
}
