/** Lines of a live chat with a place for a name. */
export const chatTemplates: readonly string[] = [
  'Hi {{Name}}! How can I help you today?',
  'my name is {{Name}}',
  'this is {{Name}}, I called yesterday',
  '{{Name}}',
  'Agent: thank you, {{Name}}. One moment please.',
  'system_{{Name}}_ has joined the conversation',
  "it is {{Name}}'s account, not mine",
  'the booking is under {{Name}}, reference KQ7YTB',
  '{{Name}} (me) paid for two',
  'Best regards\n{{Name}}',
  'I think "{{Name}}" is spelled wrong on the ticket',
  'Order for {{Name}} 2x caramel 1x black',
]

const given =
  'Aoife,Björn,Chloé,Dmitri,Élodie,Fatima,Grace,Hüseyin,Ines,José,Kwame,Łukasz,Mei-Lin,Nora,Øyvind,Priya,Will'
const family = "O'Connor,Müller,de la Cruz,Ivanov,Lefèvre,Al-Sayed,May,Yılmaz,van den Berg,García Márquez,Mensah,Wójcik"

/** Names of nobody: each given name with each family name. */
export const chatNames: readonly { readonly first: string; readonly last: string }[] = given
  .split(',')
  .flatMap((first) => family.split(',').map((last) => ({ first, last })))
