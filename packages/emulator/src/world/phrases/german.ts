import type { Phrases } from './phrases.ts'

export const german: Phrases = {
  bot: {
    hello: 'Hallo! Ich bin Olivia, die digitale Assistentin von Harbour & Pine. 👋',
    menu: 'Wobei kann ich Ihnen heute helfen?',
    handover: 'Einen Moment bitte, ich verbinde Sie mit einer Kollegin oder einem Kollegen.',
  },
  topics: {
    delivery: {
      title: 'Wo ist meine Bestellung?',
      open: [
        'Guten Tag, meine Bestellung {order} sollte am Dienstag kommen, aber es war niemand da.',
        'Die Sendungsverfolgung zu {order} steht seit drei Tagen auf „in Zustellung“ 😕',
        'Hallo, ist die Ware ({product}) schon verschickt?',
      ],
      answer: [
        'Das Paket liegt im Depot in {city}. Ich habe die Freigabe veranlasst.',
        'Der Fahrer hat den Eingang nicht gefunden. Der nächste Versuch ist morgen zwischen 9 und 12 Uhr.',
      ],
    },
    return: {
      title: 'Rückgabe oder Umtausch',
      open: [
        'Leider passt es nicht ({product}), ich würde gern umtauschen.',
        'Wie schicke ich {order} zurück? Im Karton lag kein Etikett.',
        'Es fehlen zwei Schrauben und der Rahmen ist zerkratzt. Ich möchte mein Geld zurück.',
      ],
      answer: [
        'Ich habe Ihnen ein Rücksendeetikett geschickt, Sie können das Paket in jeder Filiale abgeben.',
        'Ein Umtausch ist kein Problem. Die neue Ware geht raus, sobald Ihre eingescannt ist.',
      ],
    },
    payment: {
      title: 'Zahlung und Rechnung',
      open: [
        'Für {order} wurden mir {amount} doppelt abgebucht!',
        'Könnten Sie mir die Rechnung zu {order} noch einmal schicken? Die Buchhaltung wartet.',
        'Meine Karte wurde abgelehnt, die Bank sagt aber, es sei alles in Ordnung.',
      ],
      answer: [
        'Eine der beiden Buchungen ist nur eine Vormerkung und verschwindet innerhalb von fünf Tagen.',
        'Ich habe {amount} erstattet, das dauert zwei bis vier Werktage.',
      ],
    },
    product: {
      title: 'Frage zu einem Produkt',
      open: [
        'Ist das spülmaschinenfest? ({product})',
        'Gibt es den Artikel „{product}“ auch in Dunkelgrün?',
        'Passt das durch eine 78er-Tür? Auf der Seite steht nur „kompakt“. Größe wäre schön …',
      ],
      answer: [
        'Ja, bis 60 Grad. Die Holzteile bitte nur von Hand spülen.',
        'Ohne Griffe ist es 74 cm breit, das passt also.',
      ],
    },
    account: {
      title: 'Mein Konto',
      open: [
        'Ich kann mich nicht mehr anmelden, die Mail zum Zurücksetzen kommt nie an.',
        'Ich bin umgezogen und muss meine Anschrift ändern.',
        'Bitte schließen Sie mein Konto und löschen Sie meine Daten gemäß Art. 17 DSGVO.',
      ],
      answer: [
        'Ich habe den Link erneut gesendet. Bitte schauen Sie auch im Spam-Ordner nach.',
        'Ist geändert. Was schon unterwegs ist, geht noch an die alte Anschrift.',
      ],
    },
  },
  hello: [
    'Guten Tag, hier ist {agent}. Was kann ich für Sie tun?',
    'Hallo {first}, {agent} hier. Ich sehe gleich nach.',
  ],
  ask: {
    order: 'Nennen Sie mir bitte die Bestellnummer?',
    phone: 'Unter welcher Nummer erreicht Sie der Fahrer?',
    email: 'Mit welcher E-Mail-Adresse ist das Konto angelegt?',
    name: 'Auf welchen vollständigen Namen läuft die Bestellung?',
    card: 'Mit welcher Karte haben Sie bezahlt? Die letzten vier Ziffern genügen.',
    iban: 'Auf welches Konto dürfen wir erstatten?',
    address: 'Wie lautet die Lieferanschrift?',
  },
  give: {
    order: ['Das ist die {order}', '{order}', 'Bestellnr. {order} vom 3.'],
    phone: ['{phone}', 'Sie erreichen mich ab 17 Uhr unter {phone}', 'Handy: {phone}'],
    email: ['{email}', 'Müsste {email} sein', 'Ich bin mit {email} registriert.'],
    name: ['{name}', 'Mein Name ist {name}.', '{name} hier'],
    card: ['Die ganze Nummer ist {card} – ist das hier sicher?', '{card}'],
    iban: ['Bitte auf {iban}', 'IBAN {iban}, Kontoinhaber {name}'],
    address: ['{address}', 'Wir wohnen {address}, 2. Stock, die Klingel geht nicht'],
  },
  customer: [
    'ok',
    'Danke, ich warte.',
    'Auf Ihrer Webseite steht es aber anders.',
    'Können Sie bitte noch einmal nachsehen? Ich warte seit zwei Wochen.',
    '👍',
    'Sind Sie noch da?',
    'Super 🙏',
    'Das ist schon etwas enttäuschend, ehrlich gesagt.',
  ],
  agent: [
    'Vielen Dank, einen Moment bitte.',
    'Das tut mir leid.',
    'Ich habe die Bestellung gefunden, danke für Ihre Geduld.',
    'Ich habe einen Vermerk an der Bestellung hinterlegt.',
    'Kann ich sonst noch etwas für Sie tun?',
    'Ich frage kurz im Lager nach, das dauert etwa zwei Minuten.',
  ],
  thanks: ['Prima, vielen Dank {agent}!', 'Danke und tschüss 😊', 'Ok, das hilft mir. Schönen Tag noch!'],
  bye: ['Sehr gern, {first}. Ihnen einen schönen Tag!', 'Gern geschehen. Auf Wiederschauen!'],
  late: 'Noch etwas: bei Rückfragen bitte {phone} anrufen.',
  note: 'Kunde {name} bittet um Rückruf unter {phone}.',
  form: { title: 'Ihre Kontaktdaten', name: 'Vor- und Nachname', email: 'E-Mail', phone: 'Telefon' },
  products: ['Gartenbank Oslo', 'Emaille-Teekanne', 'Wolldecke', 'Eichenregal 120', 'Regenjacke (Größe L)'],
}
