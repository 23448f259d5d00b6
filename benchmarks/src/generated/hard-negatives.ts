import type { Random } from './random.ts'

/** Sentences full of numbers and signs that are nobody's: what a careless rule takes out. */
export const hardNegatives: readonly ((random: Random) => string)[] = [
  (random) => `Order ${random.number(8)} was shipped on ${day(random)}`,
  (random) => `order #${random.number(10)} still says pending`,
  (random) => `ticket number ${random.number(7)}, opened ${day(random)} at ${time(random)}`,
  (random) => `Your case ${random.digits(8)} has been updated`,
  (random) => `the tracking number is 1Z${random.letters(3)}${random.digits(13)}`,
  (random) => `tracking ${random.number(12)} shows nothing`,
  (random) => `invoice INV-${random.digits(6)} over ${price(random)}`,
  (random) => `I was charged ${price(random)} and then ${price(random)} again`,
  (random) => `version ${random.below(20)}.${random.below(20)}.${random.below(99)} crashes since ${day(random)}`,
  (random) => `the app build ${random.number(4)}.${random.number(4)} is slow`,
  (random) => `flight ${random.letters(2)}${random.number(4)} at ${time(random)} on ${day(random)}`,
  (random) => `ISBN 978-${random.below(10)}-${random.digits(2)}-${random.digits(6)}-${random.below(10)}`,
  (random) => `my promo code ${random.letters(4)}${random.digits(4)} does not work`,
  (random) =>
    `between ${2015 + random.below(5)} and ${2020 + random.below(6)} it went up ${random.below(90)}.${random.digits(1)}%`,
  (random) => `${random.number(3)} x ${random.number(2)} cm, ${random.below(40)} kg, item ${random.number(6)}`,
  (random) => `the meeting id is ${random.number(3)}`,
  (random) => `score ${random.below(9)}:${random.below(9)}, minute ${random.below(90)}`,
  (random) => `ratio 1:${random.number(3)} at ${time(random)}`,
  (random) => `error 0x${random.number(8)} in line ${random.number(4)}`,
  (random) => `SKU ${random.digits(4)}-${random.digits(4)} is out of stock`,
  (random) => `article ${random.number(5)}-${random.number(3)} in size ${random.number(2)}`,
  (random) => `wait ${random.number(2)}-${random.number(2)} minutes, please`,
  (random) => `I paid ${random.number(3)},${random.digits(3)},${random.digits(3)} won for it`,
  (random) => `Bestellung ${random.number(9)} vom ${day(random)} fehlt`,
  (random) => `el pedido ${random.number(9)} no ha llegado`,
  (random) => `a commande n° ${random.number(8)} du ${day(random)}`,
  (random) => `rated ${random.below(5)}/5 by ${random.number(6)} people`,
  (random) => `follow @shop_${random.number(3)} or #sale${random.number(4)}`,
  (random) => `at ${random.below(12)}:${10 + random.below(50)} it said 404, at ${time(random)} 500`,
  (random) => `room ${random.number(3)}, floor ${random.below(9)}, building ${random.number(2)}`,
  (random) => `model ${random.letters(2)}-${random.number(4)}-${random.number(3)} needs battery CR${random.number(4)}`,
  (random) => `timestamp ${1_600_000_000 + random.below(100_000_000)} in the log`,
]

function day(random: Random): string {
  const [year, month, date] = [2020 + random.below(7), 1 + random.below(12), 1 + random.below(28)]
  return random.pick([
    `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`,
    `${date}.${month}.${year}`,
    `${month}/${date}/${year}`,
    `${String(date).padStart(2, '0')}/${String(month).padStart(2, '0')}/${String(year).slice(2)}`,
  ])
}

function time(random: Random): string {
  return `${random.below(24)}:${10 + random.below(50)}${random.pick(['', ' pm', ':30'])}`
}

function price(random: Random): string {
  return random.pick([
    `$${random.number(3)}.${random.digits(2)}`,
    `${random.number(2)},${random.digits(2)} €`,
    `£${random.number(1)},${random.digits(3)}.${random.digits(2)}`,
    `${random.number(5)} INR`,
  ])
}
