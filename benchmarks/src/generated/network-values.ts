import type { Random } from './random.ts'
import type { ValueKind } from './value.ts'

const firstNames = 'ana,björn,carla,dmitri,emeka,fatima,george,hana,ivan,jorge,kaja,liam,mei,nora,olu,priya'.split(',')
const lastNames = 'almeida,becker,chen,dubois,eriksen,ferrari,garcia,haddad,ito,jensen,kovacs,lopez,mbeki,novak'.split(
  ',',
)
const endings = ['.org', '.com', '.net', '.de', '.co.uk', '.it', '.io', '.museum', '.com.mx', '-shop.fr', 'ö.at']
const paths = ['', '/', '/orders/view?id=81', '/a/b_c/d-e.html#top', '/s%C3%B6k?q=a+b&c=1', '/~user/(draft)/x']

export const networkValues: readonly ValueKind[] = [
  {
    type: 'EMAIL',
    make: (random) => {
      const [first, last] = [random.pick(firstNames), random.pick(lastNames)]
      const local = random.pick([
        `${first}.${last}`,
        `${first}${last}${random.below(100)}`,
        `${first[0]}_${last}`,
        `${first}+shop@`.slice(0, -1),
        `${first}-${last}`.toUpperCase(),
        `${last}'${first}`,
      ])
      return `${local}@${random.pick(['', '', 'mail.'])}${host(random)}${random.pick(endings)}`
    },
    carriers: [
      'you can reach me at {}',
      'My email is {}.',
      'mail:{}, thanks',
      '<{}>',
      'Bitte an {} schicken!',
      'Mi correo es {} y no recibo nada',
      'sent it to "{}" yesterday',
      '{}',
    ],
  },
  {
    type: 'URL',
    make: (random) => {
      const start = random.pick(['https://', 'http://', 'https://www.', 'HTTPS://'])
      return `${start}${host(random)}${random.pick(endings)}${random.pick(paths)}`
    },
    carriers: ['see {} please', 'I was on {} and it hung', 'Link: {}', 'mein Profil ist {} , oder?', '({})'],
  },
  {
    type: 'IP_ADDRESS',
    make: (random) => random.pick([ipv4, ipv4, ipv6])(random),
    carriers: ['My IP is {}', 'blocked from {} since noon', 'ping {} fails', 'der Server {} antwortet nicht.', '[{}]'],
  },
  {
    type: 'MAC_ADDRESS',
    make: (random) => {
      const pairs = Array.from({ length: 6 }, () => random.below(256).toString(16).padStart(2, '0'))
      const written = pairs.join(random.pick([':', '-']))
      return random.pick([written, written.toUpperCase()])
    },
    carriers: ['the router shows {}', 'MAC address: {}', 'device {} cannot connect'],
  },
]

/** Ten letters at random: nobody's, and not one of the names for examples, which some rules leave alone. */
function host(random: Random): string {
  return random.letters(10).toLowerCase()
}

function ipv4(random: Random): string {
  return [11 + random.below(200), random.below(256), random.below(256), 1 + random.below(254)].join('.')
}

function ipv6(random: Random): string {
  const group = (): string => (1 + random.below(0xffff)).toString(16)
  const groups = Array.from({ length: 8 }, group)
  return random.pick([
    groups.join(':'),
    `2001:db8::${group()}`,
    `fe80::${group()}:${group()}:${group()}:${group()}`,
    groups.join(':').toUpperCase(),
  ])
}
