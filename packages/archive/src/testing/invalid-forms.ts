import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { remanifest } from './bag-files.ts'
import {
  add,
  GAPS,
  INFO,
  type InvalidBag,
  inTurn,
  lines,
  MANIFEST,
  PART,
  remove,
  swapFirstTwo,
  TAGS,
  text,
  withoutFirst,
  zeros,
} from './damage-bag.ts'
import { rebag } from './rebag.ts'

/** As BagIt's own rules have it: RFC 8493, and our stricter form of manifests and paths. */
export const invalidForms: readonly InvalidBag[] = [
  { name: 'a payload file that is not there', code: 'FILE_MISSING', damage: remove(GAPS) },
  { name: 'a tag file that is not there', code: 'FILE_MISSING', damage: remove('VERIFY.txt') },
  { name: 'no payload manifest', code: 'FILE_MISSING', damage: remove(MANIFEST) },
  { name: 'no tag manifest', code: 'FILE_MISSING', damage: remove(TAGS) },
  { name: 'no bag-info.txt', code: 'FILE_MISSING', damage: inTurn(remove(INFO), remanifest, remove(INFO)) },
  { name: 'a manifest without a line', code: 'FILE_NOT_LISTED', damage: lines(MANIFEST, withoutFirst) },
  { name: 'a tag manifest without a line', code: 'FILE_NOT_LISTED', damage: lines(TAGS, withoutFirst) },
  { name: 'a manifest line twice', code: 'MANIFEST_LINE', damage: lines(MANIFEST, ([a = '', ...b]) => [a, a, ...b]) },
  { name: 'manifest lines swapped', code: 'MANIFEST_ORDER', damage: lines(MANIFEST, swapFirstTwo) },
  { name: 'a payload file too many', code: 'FILE_NOT_LISTED', damage: add('data/extra.txt') },
  { name: 'a tag file too many', code: 'FILE_NOT_LISTED', damage: add('notes.txt') },
  { name: 'a listed file of no known kind', code: 'FILE_UNKNOWN', damage: inTurn(add('data/extra.exe'), rebag) },
  { name: 'a byte order mark in the manifest', code: 'MANIFEST_LINE', damage: text(MANIFEST, (it) => `\uFEFF${it}`) },
  { name: 'a byte order mark in bagit.txt', code: 'BAGIT_TXT', damage: text('bagit.txt', (it) => `\uFEFF${it}`) },
  { name: 'BagIt 0.97', code: 'BAGIT_TXT', damage: text('bagit.txt', (it) => it.replace('1.0', '0.97')) },
  { name: 'another encoding', code: 'BAGIT_TXT', damage: text('bagit.txt', (it) => it.replace('UTF-8', 'UTF-16')) },
  ...[
    'data/../../etc/passwd',
    '/etc/passwd',
    '~root/.profile',
    'data\\x',
    'data/./x',
    'data//x',
    'C:/x',
    'data/a%0Ab',
  ].map((path) => ({
    name: `a manifest that names ${path}`,
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => `${it}${zeros}  ${path}\n`),
  })),
  { name: 'a hidden file', code: 'PATH', damage: inTurn(add('data/.hidden'), remanifest) },
  { name: 'a file named like a device', code: 'PATH', damage: inTurn(add('data/con.txt'), remanifest) },
  { name: 'a backslash in a name', code: 'PATH', damage: inTurn(add('data\\x'), remanifest) },
  { name: 'names that differ in case', code: 'PATH_DUPLICATE', damage: inTurn(add('data/reports/GAPS.csv'), rebag) },
  {
    name: 'names that differ in their Unicode form',
    code: 'PATH',
    damage: inTurn(add('data/\u00e9'), add('data/e\u0301'), rebag),
  },
  {
    name: 'a wrong Payload-Oxum',
    code: 'PAYLOAD_OXUM',
    damage: inTurn(
      text(INFO, (it) => it.replace(/(?<=Oxum: )\d/, '9')),
      remanifest,
    ),
  },
  {
    name: 'Payload-Oxum twice',
    code: 'PAYLOAD_OXUM',
    damage: inTurn(
      text(INFO, (it) => it.replace(/Payload-Oxum.*\n/, '$&$&')),
      remanifest,
    ),
  },
  {
    name: 'two spaces behind a label',
    code: 'BAG_INFO_DIFFERS',
    damage: inTurn(
      text(INFO, (it) => it.replace('Archive-Mode: ', 'Archive-Mode:  ')),
      remanifest,
    ),
  },
  {
    name: 'a label without a colon',
    code: 'BAG_INFO',
    damage: inTurn(
      text(INFO, (it) => `${it}nothing\n`),
      remanifest,
    ),
  },
  {
    name: 'another mode in bag-info.txt',
    code: 'BAG_INFO_DIFFERS',
    damage: inTurn(
      text(INFO, (it) => it.replace('redacted', 'plain')),
      remanifest,
    ),
  },
  { name: 'a manifest whose last line is cut', code: 'MANIFEST_LINE', damage: text(MANIFEST, (it) => it.slice(0, -5)) },
  {
    name: 'a manifest without its last line end',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => it.slice(0, -1)),
  },
  {
    name: 'CRLF in one line of the manifest',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => it.replace('\n', '\r\n')),
  },
  {
    name: 'upper-case hashes',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => it.replace(/^[0-9a-f]{64}/, (hex) => hex.toUpperCase())),
  },
  {
    name: 'a manifest that lists a tag file',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => `${it}${zeros}  run.json\n`),
  },
  {
    name: 'a tag manifest that lists itself',
    code: 'MANIFEST_LINE',
    damage: text(TAGS, (it) => `${it}${zeros}  ${TAGS}\n`),
  },
  {
    name: 'a tag manifest that lists a payload file',
    code: 'MANIFEST_LINE',
    damage: text(TAGS, (it) => `${it}${zeros}  ${PART}\n`),
  },
  {
    name: 'a manifest of another algorithm',
    code: 'MANIFEST_UNKNOWN',
    damage: inTurn(add('manifest-md5.txt', ''), remanifest),
  },
  {
    name: 'fetch.txt',
    code: 'FETCH_REFUSED',
    damage: inTurn(add('fetch.txt', 'https://example.org/x 1 data/x\n'), remanifest),
  },
  {
    name: 'a symbolic link in the payload',
    code: 'SPECIAL_FILE',
    damage: () => undefined,
    inFolder: (folder) => symlinkSync('/etc/passwd', join(folder, 'data/link')),
  },
  {
    name: 'a payload file that is a symbolic link',
    code: 'SPECIAL_FILE',
    damage: remove(GAPS),
    inFolder: (folder) => symlinkSync('/etc/passwd', join(folder, GAPS)),
  },
]
