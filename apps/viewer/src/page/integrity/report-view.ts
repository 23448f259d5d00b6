import { element } from '../element.ts'
import { count } from '../words.ts'
import type { IntegrityReport, SealReport } from './check-integrity.ts'

/** More nobody reads here. */
const PROBLEMS_MAX = 200

/** What was found, in plain words, and what it does not prove. */
export function reportView({ files, bytes, problems, seal }: IntegrityReport): HTMLElement {
  const shown = problems.slice(0, PROBLEMS_MAX)
  return element(
    'div',
    { class: 'report' },
    statement(
      problems.length === 0,
      problems.length === 0
        ? `All ${count(files, 'file')} (${bytes.toLocaleString('en')} bytes) are as the manifests list them; none is missing, none is extra.`
        : `${count(problems.length, 'file is', 'files are')} not as the manifests say.`,
    ),
    problems.length > 0 &&
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element('tr', {}, element('th', { scope: 'col' }, 'File'), element('th', { scope: 'col' }, 'What')),
        ),
        element(
          'tbody',
          {},
          ...shown.map(({ path, what }) =>
            element('tr', {}, element('td', {}, element('bdi', {}, path)), element('td', {}, what)),
          ),
        ),
      ),
    problems.length > shown.length && element('p', {}, `… and ${problems.length - shown.length} more.`),
    ...(seal === null
      ? [statement(null, 'This archive has no seal: nobody says who made it, nor when.')]
      : sealView(seal)),
    element('h3', {}, 'What this does not prove'),
    element(
      'ul',
      {},
      ...[
        'Who made the archive. The key came with it: whoever changes an archive can sign it anew. Compare the fingerprint with one you have from elsewhere.',
        'That this page tells the truth. It came with the archive too. To be sure, use custody verify, or the commands of VERIFY.txt, on a machine you trust.',
        'That no other archive is missing. Only the chain of all archives shows that: custody verify --chain.',
        'That Salesforce told everything. The verdict and data/reports say how far that was checked.',
      ].map((text) => element('li', {}, text)),
    ),
  )
}

function sealView({ fields, signature, listSignature, fingerprint, sealsThis }: SealReport): HTMLElement[] {
  const trusted = element('input', {
    id: 'trusted-fingerprint',
    size: 40,
    placeholder: 'sha256:…',
    autocomplete: 'off',
  })
  const answer = element('p', { role: 'status' })
  trusted.addEventListener('input', () => {
    const typed = trusted.value
      .trim()
      .toLowerCase()
      .replace(/^(?!sha256:|$)/, 'sha256:')
    answer.className = typed === '' ? '' : typed === fingerprint ? 'statement right' : 'statement wrong'
    answer.textContent =
      typed === '' ? '' : typed === fingerprint ? 'That is the key of this seal.' : 'That is another key.'
  })
  return [
    statement(sealsThis, sealsThis ? 'The seal is over these very files.' : 'The seal is over other files than these.'),
    statement(...signatureWords(signature, 'the seal')),
    statement(...signatureWords(listSignature, 'the list of the seal’s own files')),
    element('h3', {}, 'The seal'),
    element(
      'dl',
      {},
      ...fields.flatMap(([key, value]) => [element('dt', {}, key), element('dd', {}, element('bdi', {}, value))]),
    ),
    element('p', {}, 'Fingerprint of its key: ', element('code', {}, fingerprint ?? 'cannot be read')),
    element(
      'p',
      {},
      element('label', { for: 'trusted-fingerprint' }, 'The fingerprint you have from elsewhere '),
      trusted,
    ),
    answer,
  ]
}

function signatureWords(state: SealReport['signature'], what: string): [boolean | null, string] {
  switch (state) {
    case 'right':
      return [true, `The signature of ${what} is right, by the key that came with the archive.`]
    case 'wrong':
      return [false, `The signature of ${what} is wrong.`]
    case 'cannot-tell':
      return [null, `This browser cannot check the signature of ${what}.`]
  }
}

/** Right, wrong, or neither: said in words and by a sign, not by colour alone. */
function statement(isRight: boolean | null, text: string): HTMLElement {
  const [name, sign] = isRight === null ? ['unknown', '? '] : isRight ? ['right', '✓ '] : ['wrong', '✗ ']
  return element('p', { class: `statement ${name}` }, element('span', { 'aria-hidden': 'true' }, sign), text)
}
