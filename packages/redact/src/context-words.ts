/** What the words beside a number say it is. */
export type Context = 'phone' | 'card' | 'other' | 'none'

// Beginnings of words in the languages of large messaging markets, without diacritics. `=` ends a whole word.
const stems = {
  phone: `phone telephon telefon telefo telf= tlf= tel= mobil movil cell= cellphone handy fax festnetz whatsapp viber sms=
    call dial ring= ringing reach contact text= texts= texting messag answer desk= office= landline hotline
    ruf= rufnummer ruckruf anruf erreich portable= joign joindre appel llam celular ligar ligue telemov chiam richiam
    cellular bellen= belnummer zadzwon komork dzwon puhelin тел звон моб फोन मोबाइल هاتف اتصل جوال تليفون טלפון נייד τηλ κινητ`,
  card: `card cc= visa= mastercard maestro amex credit debit kredit karte carte= tarjeta cartao carta= kaart karta kort=
    карт بطاقة כרטיס καρτα`,
  other: `order invoic tracking ticket booking reserv reference ref= account= acct= konto voucher coupon code= codes= pin= id= ids=
    item sku= serial imei vin= policy zip= postal postcode box= isbn parcel shipment contract transaction payment confirmation
    claim bestell auftrag rechnung kundennummer kundennr sendung vertrag commande facture suivi dossier pedido factura
    encomenda ordine fattura spedizione zamowien faktur ssn= social= security= passport licen driver iban= bic= routing amount total=
    price balance points= gift flight steuer nif= nie= cpf= cnpj= rfc= заказ счет طلب הזמנה`,
}
// In scripts without spaces between words: anywhere.
const unspaced = {
  phone: '電話 电话 手机 手機 携帯 联系 聯繫 微信 전화 휴대폰 연락 โทร เบอร',
  card: 'カード 卡 카드 บัตร',
  other: '注文 予約 追跡 订单 訂單 单号 快递 주문 예약 สั่งซื้อ',
}

const kinds = ['phone', 'card', 'other'] as const
const words = new RegExp(
  kinds
    .map((kind) => {
      const spaced = stems[kind]
        .trim()
        .split(/\s+/)
        .map((stem) => stem.replace('=', '(?!\\p{L})'))
      return `((?<!\\p{L})(?:${spaced.join('|')})|${unspaced[kind].split(' ').join('|')})`
    })
    .join('|'),
  'giu',
)

// A word that says a number is something else has to stand near it: "an order … call me on".
const nearby = 20

/** The kind of the last telling word in a stretch of text that ends at a number. Time is linear in it: keep it short. */
export function lastContext(text: string): Context {
  if (!anyLetter.test(text)) return 'none'
  const folded = plain(text)
  let last: Context = 'none'
  words.lastIndex = 0
  for (const match of folded.matchAll(words)) {
    const kind = kindOf(match)
    if (kind !== 'other' || match.index >= folded.length - nearby) last = kind
  }
  return last
}

const anyLetter = /\p{L}/u

/** The kind of a telling word that the text begins with, after punctuation and spaces. */
export function firstContext(text: string): Context {
  if (!anyLetter.test(text)) return 'none'
  const folded = plain(text)
  words.lastIndex = 0
  const match = words.exec(folded)
  return match && !/[\p{L}\p{N}]/u.test(folded.slice(0, match.index)) ? kindOf(match) : 'none'
}

function kindOf(match: RegExpExecArray): Context {
  return kinds.find((_, index) => match[index + 1] !== undefined) ?? 'none'
}

function plain(text: string): string {
  return /^[\0-\x7f]*$/.test(text)
    ? text
    : text
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .normalize('NFC')
}
