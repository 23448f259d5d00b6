// Words that are somebody's name and also ordinary: in lower case they say nothing about a person. Only words that occur
// often enough to make text unreadable if a person of that name took part; a name left out here is merely searched in lower
// case too.
const words = `
  ace aime al alba alma alt am amen amor an angel april aria art as ash at august aurora autumn bach baker ball bank
  banks bar bauer bay be bean bear becker bela bell belle berg best bill bird bishop black blanc blanca blue bo bon
  bond bonne booth bow boy braun brook brooks brown buck bud bueno burns bush butler by can cara caro carter case cash
  chance charity chase chip christian claro cliff cloud coin consuelo cook cooper corn cruz crystal dawn day dean dear
  di dia do dolores don dot doux drew duke early east ed el em en engel ernst es esperanza et eve ever faith fall
  farmer field fischer fish fisher fleur flor flores ford forest fox frank free frei french frost fuchs gale gene gift
  go gold good grace grand grant gray green grey gross guerra gut guy hall happy haus haven he heart heath henna herz
  hi hill ho hoch holiday holly honey hope hu hunt hunter iglesias in io is it ivory ivy ja jade jewel jo job jour joy
  june jung just juste justice kaiser keen king klar klein knight ko koch konig krause kurz la lake lane lang law le
  lee leger leon li licht lima lindo little lo long love low lu luck luna luz ma mai man mar march mark marsh martes
  mason may me mercy merit mesa mi mike mil mile miles mills misty mo mode montes moon moor more moss my myth na nan
  ne neu neumann news nieves no noble noir north novak nu of oh ok on or order pace page pan park parker pat patience
  paul paz peace pearl penny perry petit pike pilar pinto po pool poor pope porter post price prince purple qi queen
  ra rain ray re read reed reyes ri rich richter rico river rivers rob robin rocha rock rod root rosa rose rosy rot
  roux ruby rush rusty sa sage sandy santo sauer savage save scarlet scharf schneider schwarz se senior sha she short
  si silva sky small smart snow so sol sommer song south star stark steel stein stone storm strong su sue summer sun
  sunny swift ta tab tail tan taylor te teal temple ti tiger to toro torres town true tu turner un up us vale van vega
  vera vert vi victoria victory viva vo vogel wade wagner walker wall ward waters way we weaver web weber weiss wells
  west white wild will willow win winter wise wolf wood woods worth wren wright wu xi ya ye yo young yu za ze
  zimmermann zu
`

export const commonWords: ReadonlySet<string> = new Set(words.trim().split(/\s+/))

/** What joins names and is no name itself: never searched alone, taken in between two parts of a name. */
export const nameParticles: ReadonlySet<string> = new Set(
  `abu af al and as av bin bint da dal das de degli dei del della den der des di do dos du e el i ibn la las le les li lo los
 mc of och of saint san santa st ten ter the und v van ver vom von y zu zum zur`
    .trim()
    .split(/\s+/),
)

/** Forms of address and generations: never searched alone. */
export const nameTitles: ReadonlySet<string> = new Set(
  'dr esq frau herr hr ii iii iv jr junior madame mag md miss mlle mme monsieur mr mrs ms mx phd prof senor senora sir sr sra'.split(
    ' ',
  ),
)

/** What stands in a name field when nobody gave a name. No personal data. */
export const nameplates: ReadonlySet<string> = new Set([
  'anonymous',
  'anonymous user',
  'anonymous visitor',
  'anonym',
  'anonimo',
  'anonyme',
  'chat user',
  'chat visitor',
  'client',
  'cliente',
  'customer',
  'end user',
  'gast',
  'guest',
  'guest user',
  'invitado',
  'invite',
  'kunde',
  'messaging user',
  'n a',
  'no name',
  'unknown',
  'unknown user',
  'user',
  'visitante',
  'visiteur',
  'visitor',
  'web user',
  'web visitor',
  'website visitor',
])
