import { ignored, kindOf, separator } from './characters.ts'
import { type TrieMatch, WordTrie } from './word-trie.ts'

/**
 * What the words beside a number say it is.
 *
 * - `phone`, `card`, `passport`, `licence`, `account`, `birth`, `pin`: the types that they name.
 * - `id`: a national id or tax number; {@link ContextWord.hints} name the rules where the word does.
 * - `other`: an order, an amount, a version: no personal data.
 */
export type Context = 'phone' | 'card' | 'passport' | 'licence' | 'account' | 'birth' | 'pin' | 'id' | 'other'

export interface ContextWord {
  readonly kind: Context
  /** Beginnings of the names of the rules that the word means, as `de-` or `us-ssn`; `''` for any. */
  readonly hints: readonly string[]
}

// Beginnings of words in the languages of large messaging markets, without diacritics; see WordTrie for `=`. Underscores
// stand for the spaces of a phrase.
const stems: Readonly<Record<Exclude<Context, 'id'>, string>> = {
  phone: `phone telephon telefon telefo telf= tlf= tel= mobil movil cell= cellphone handy fax festnetz whatsapp viber sms=
    call dial ring= ringing reach contact text= texts= texting messag answer desk= office= landline hotline
    ruf= rufnummer ruckruf anruf erreich portable= joign joindre appel llam celular ligar ligue telemov chiam richiam
    cellular bellen= belnummer zadzwon komork dzwon puhelin тел звон моб फोन मोबाइल هاتف اتصل جوال تليفون טלפון נייד τηλ κινητ
    電話 电话 手机 手機 携帯 联系 聯繫 微信 전화 휴대폰 연락 โทร เบอร`,
  card: `card cc= visa= mastercard maestro amex credit debit kredit karte= karten tarjeta cartao carta= carte= kaart karta kort=
    карт بطاقة כרטיס καρτα カード 卡 카드 บัตร`,
  passport: `passport reisepass passeport pasaporte passaporto passaporte paspoort paszport pass_no pass_nr паспорт
    جواز דרכון διαβατηρι パスポート 旅券 护照 護照 여권 หนังสือเดินทาง`,
  licence: `license_n licence_n driver's_licen drivers_licen driver_licen driving_licen driver's_permit dl= dln= fuhrerschein
    permis_de_conduire permiso_de_conduc licencia_de_conduc carnet_de_conducir patente_di_guida carteira_de_motorista cnh= carta_de_conducao
    rijbewijs prawo_jazdy korkort kjorekort forerkort ajokort водительск 運転免許 免許証 驾驶证 駕駛執照 운전면허`,
  account: `account= account_n accounts= acct bank_acc kontonummer kontonr konto= kto= numero_de_cuenta cuenta_bancaria compte_bancaire
    numero_de_compte conto_corrente conta_bancaria conta_corrente rekeningnummer numer_konta tilinumero clabe= sort_code sortcode
    routing aba= bsb= ifsc= transit_number blz= bankleitzahl 口座 账号 帐号 계좌`,
  birth: `born birthd birth= date_of_birth dob= d.o.b geb= geboren geburtsdat geburtstag geburts ne_le nee_le naissance nacid nacimiento
    nacio= naci= nato_il nata_il nascita nascid nascimento data_de_nasc geboortedat urodzen urodzon fodd= fodelsedat fodt= fodselsdat syntyma
    родил рожден जन्म ميلاد לידה γεννησ 生年月日 誕生 生日 出生 생년월일 생일 เกิด`,
  pin: `pin= pins= cvv cvc csc= cid= security_code passcode geheimzahl pruefziffer otp=`,
  other: `order invoic tracking ticket booking reserv reference ref= voucher coupon code= codes= ids= id=
    item sku= serial imei vin= policy zip= postal postcode box= isbn parcel shipment contract transaction payment confirmation
    claim social= security= iban= licen driver= bestell auftrag rechnung kundennummer kundennr sendung vertrag commande facture suivi dossier pedido factura
    encomenda ordine fattura spedizione zamowien faktur bic= amount total= version build= model= release
    price balance points= gift flight заказ счет طلب הזמנה 注文 予約 追跡 订单 訂單 单号 快递 주문 예약 สั่งซื้อ`,
}

// Words for national ids, by the beginning of the rules' names that they mean.
const ids: Readonly<Record<string, string>> = {
  '': `national_id identity_n identity_card id_card_n national_insur tax_id tax_n taxpayer tin= steuernummer personal_id
    identification_n id_number identifikationsnummer ausweisnummer documento= documento_de_ident numero_de_identi cedula
    身份证 身分證 นบตรประชาชน 주민등록`,
  'us-ssn': 'ssn social_secur soc_sec my_social= social_n',
  'us-itin': 'itin=',
  'ca-sin': 'sin= social_insur numero_d_assurance_sociale nas=',
  'gb-nino': 'nino= national_insurance ni_number',
  'gb-nhs': 'nhs=',
  'gb-utr': 'utr= unique_taxpayer',
  'br-cpf': 'cpf',
  'br-cnpj': 'cnpj',
  'mx-curp': 'curp',
  'mx-rfc': 'rfc=',
  'in-aadhaar': 'aadhaar aadhar adhar uidai uid= आधार',
  'in-pan': 'pan= pan_card',
  'jp-my-number': 'my_number mynumber マイナンバー 個人番号',
  'au-tfn': 'tfn= tax_file',
  'au-medicare': 'medicare',
  'au-abn': 'abn= australian_business',
  'de-': 'steuer-id steueridentifikation steuer_id idnr= steuer rentenversicherung sozialversicherung svnr= sv-nummer',
  'fr-nir': 'securite_sociale nir= secu= numero_de_secu carte_vitale',
  'es-': 'dni= nie= nif= documento_nacional',
  'it-codice-fiscale': 'codice_fiscale cod._fisc c.f.',
  'nl-bsn': 'bsn= burgerservice sofi=',
  'pl-': 'pesel nip=',
  'se-personnummer': 'personnummer personnr samordningsnummer',
  'dk-cpr': 'cpr= cpr-n',
  'fi-hetu': 'hetu= henkilotunnus',
  'no-fodselsnummer': 'fodselsnummer fnr= personnummer',
  'be-rijksregister': 'rijksregister registre_national insz= niss= numero_national',
  'pt-nif': 'nif= contribuinte',
  'at-svnr': 'svnr= sv-nummer sozialversicherung',
  'ie-pps': 'pps= ppsn= personal_public',
  'ch-ahv': 'ahv= avs= oasi=',
  'cz-rodne-cislo': 'rodne_c',
  'ro-cnp': 'cnp= cod_numeric',
  'bg-egn': 'egn= егн',
  'hr-oib': 'oib=',
  'gr-amka': 'amka= αμκα αφμ afm=',
  'hu-': 'taj= taj-sz adoazonosito',
  'si-emso': 'emso=',
  'ee-isikukood': 'isikukood',
  'lv-personas-kods': 'personas_kod',
  'lt-asmens-kodas': 'asmens_kod',
  'lu-matricule': 'matricule',
}

const trie = new WordTrie<ContextWord>()
const words = new Map<string, { kind: Context; hints: string[] }>()
for (const [hint, list] of Object.entries(ids)) for (const word of wordsOf(list)) note(word, 'id').push(hint)
for (const [kind, list] of Object.entries(stems)) for (const word of wordsOf(list)) note(word, kind as Context)
for (const [word, value] of words) trie.add(word, value)

function wordsOf(list: string): string[] {
  return list.split(/\s+/).flatMap((word) => (word === '' ? [] : [word.replaceAll('_', ' ')]))
}

/** The hints of a word; the first kind that claims it has it. */
function note(word: string, kind: Context): string[] {
  const value = words.get(word) ?? { kind, hints: [] }
  words.set(word, value)
  return value.hints
}

/** How far back words are read. */
const windowBefore = 40
/** How far words behind a number are read. */
const windowBehind = 24
// A word that says a number is something else has to stand near it: "an order … call me on".
const nearby = 20

const noKinds: ReadonlySet<Context> = new Set()

/** The telling words of one stretch of text. */
export class ContextWords {
  readonly #text: string
  readonly #matches: readonly TrieMatch<ContextWord>[]

  constructor(text: string, start: number, end: number) {
    this.#text = text
    this.#matches = trie.matches(text, start, end)
  }

  /** What its words say, all together. */
  get kinds(): ReadonlySet<Context> {
    return this.#matches.length === 0 ? noKinds : new Set(this.#matches.map(({ value }) => value.kind))
  }

  /** The last word before `position` that begins at `from` or behind, and not too far away. */
  before(from: number, position: number): ContextWord | null {
    const matches = this.#matches
    for (let index = this.#countBefore(position) - 1; index >= 0; index--) {
      const { start, end, value } = matches[index] as TrieMatch<ContextWord>
      if (start < from || start < position - windowBefore) return null
      if (end <= position && (value.kind !== 'other' || start >= position - nearby)) return value
    }
    return null
  }

  /** The word that comes right behind `position`, with nothing but punctuation and spaces between. */
  behind(position: number, to: number): ContextWord | null {
    const match = this.#matches[this.#countBefore(position)]
    if (!match || match.end > Math.min(to, position + windowBehind)) return null
    for (let at = position; at < match.start; at++) {
      const kind = kindOf(this.#text.charCodeAt(at))
      if (kind !== separator && kind !== ignored) return null
    }
    return match.value
  }

  /** How many words begin before `position`. */
  #countBefore(position: number): number {
    const matches = this.#matches
    let low = 0
    let high = matches.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((matches[middle] as TrieMatch<ContextWord>).start < position) low = middle + 1
      else high = middle
    }
    return low
  }
}
