import fc from 'fast-check'

const hostile = [
  ...[
    ' ',
    '  ',
    '%',
    '%%',
    '%n',
    '$',
    '$$',
    '$HOME',
    '$(id)',
    '${',
    'PATH}',
    '`id`',
    '"',
    "'",
    "'\"'",
    ';',
    '&',
    '|',
    '<',
    '>',
    '!',
  ],
  ...[
    '#',
    ' #',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '*',
    '?',
    '~',
    '@',
    '=',
    '{{',
    '$(HOME)',
    'ä',
    '日本',
    '🙂',
    '|',
    '\u00a0',
  ],
]

/** A part of a path or an argument that some format may understand as more than itself. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...hostile), fc.string({ minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join('').replace(/[\p{C}\p{Zl}\p{Zp}\\/]/gu, '-'))
  // Expressions of GitHub are refused. Without any dollar: what is left of two could be one again.
  .map((text) => (text.includes('${{') ? text.replaceAll('$', '') : text))

/** The same without a blank at an end and without what some schedulers refuse in a path. */
export const hostilePath: fc.Arbitrary<string> = hostileText.map(
  (text) => `/srv/x${text.replace(/[:*?[$]/g, '_').replaceAll('..', '_')}x`,
)
