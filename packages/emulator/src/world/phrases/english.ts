import type { Phrases } from './phrases.ts'

export const english: Phrases = {
  bot: {
    hello: 'Hi! I am Olivia, the virtual assistant of Harbour & Pine. 👋',
    menu: 'What can I help you with today?',
    handover: 'One moment, I am connecting you with a colleague.',
  },
  topics: {
    delivery: {
      title: 'Where is my order?',
      open: [
        'Hello, my order {order} should have been here on Tuesday and nothing came.',
        'Tracking for {order} has said "out for delivery" for three days now 😕',
        'Hi, has the {product} left your warehouse yet?',
      ],
      answer: [
        'I can see that the parcel is held at the depot in {city}. I have asked the carrier to release it.',
        'The driver could not find the entrance. A new attempt is booked for tomorrow between 9 and 12.',
      ],
    },
    return: {
      title: 'Return or exchange',
      open: [
        'The {product} is too small, I would like to exchange it.',
        'How do I send back {order}? There was no label in the box.',
        'Two of the screws are missing and the frame is scratched. I want my money back.',
      ],
      answer: [
        'I have sent you a return label; you can drop the parcel at any shop of the carrier.',
        'An exchange is no problem at all. The new one leaves as soon as yours is scanned.',
      ],
    },
    payment: {
      title: 'Payment and invoice',
      open: [
        'I was charged {amount} twice for {order}!',
        'Could you send me the invoice for {order} again? My accountant is waiting.',
        'My card was declined but the bank says everything is fine.',
      ],
      answer: [
        'One of the two is only a reservation and will disappear from your statement within five days.',
        'I have refunded {amount}; it takes two to four working days to arrive.',
      ],
    },
    product: {
      title: 'A question about a product',
      open: [
        'Is the {product} dishwasher safe?',
        'Does the {product} come in dark green as well?',
        'Does the {product} fit through a door of 78 cm? The page only says "compact".',
      ],
      answer: [
        'Yes, up to 60 degrees. The wooden parts should be washed by hand, though.',
        'It is 74 cm wide without the handles, so it does fit.',
      ],
    },
    account: {
      title: 'My account',
      open: [
        'I cannot log in any more, the reset mail never arrives.',
        'I moved house and need to change my address.',
        'Please close my account and delete my data.',
      ],
      answer: [
        'I have sent the reset link again. Please look into the spam folder as well.',
        'That is changed now. Orders already on their way still go to the old address.',
      ],
    },
  },
  hello: ['Hello, this is {agent}. How can I help?', 'Hi {first}, {agent} here. Let me have a look.'],
  ask: {
    order: 'Could you give me the order number, please?',
    phone: 'Which number can the driver reach you on?',
    email: 'Which e-mail address is the account registered with?',
    name: 'Could you tell me the full name on the order, please?',
    card: 'Which card did you pay with? The last four digits are enough.',
    iban: 'Where should the refund go?',
    address: 'What is the delivery address?',
  },
  give: {
    order: ['It is {order}', '{order}', 'order no. {order}, placed on the 3rd'],
    phone: ['{phone}', 'You can call me on {phone} after 5pm', 'my mobile is {phone}'],
    email: ['{email}', 'It should be {email}', "I'm registered as {email}."],
    name: ['{name}', 'The name is {name}.', "I'm {name}"],
    card: ['The full number is {card}, is that safe to send here?', '{card}'],
    iban: ['Please refund to {iban}', '{iban}, account holder {name}'],
    address: ['{address}', 'We live at {address}, second floor, the bell does not work'],
  },
  customer: [
    'ok',
    'Thank you, I will wait.',
    'That is not what your website says.',
    'Can you check again please? I have been waiting for two weeks.',
    '👍',
    'Are you still there?',
    'Perfect 🙏',
    'My neighbour had the very same problem last month, by the way.',
    "That's rather disappointing, to be honest.",
  ],
  agent: [
    'Thank you, one moment please.',
    'I am sorry about that.',
    'I have found the order, thank you for waiting.',
    'I have added a note to the order so that my colleagues know.',
    'Is there anything else I can do for you?',
    'Let me ask the warehouse, this takes about two minutes.',
  ],
  thanks: ['Great, thank you {agent}!', 'Thanks a lot, bye 😊', 'Ok, that helps. Have a nice day!'],
  bye: ['You are welcome, {first}. Have a lovely day!', 'My pleasure. Goodbye and take care!'],
  late: 'One more thing: please use {phone} if the driver has questions.',
  note: 'Customer {name} asked to be called back on {phone}.',
  form: { title: 'Your contact details', name: 'Full name', email: 'E-mail', phone: 'Phone' },
  products: ['garden bench Oslo', 'enamel teapot', 'wool blanket', 'oak shelf 120', 'rain jacket (size L)'],
}
