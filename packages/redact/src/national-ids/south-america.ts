import { type DigitRule, digitAt, isRepeated, weighted } from './id-rule.ts'

function checkDigit(digits: string, weights: readonly number[]): number {
  const rest = weighted(digits, weights) % 11
  return rest < 2 ? 0 : 11 - rest
}

const cpfWeights = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]

/** Cadastro de Pessoas Físicas (Receita Federal): two check digits modulo 11. */
function isCpf(digits: string): boolean {
  return (
    !isRepeated(digits) &&
    checkDigit(digits, cpfWeights.slice(1)) === digitAt(digits, 9) &&
    checkDigit(digits, cpfWeights) === digitAt(digits, 10)
  )
}

const cnpjWeights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]

/** Cadastro Nacional da Pessoa Jurídica, which sole traders have too: the same. */
function isCnpj(digits: string): boolean {
  return (
    !isRepeated(digits) &&
    checkDigit(digits, cnpjWeights.slice(1)) === digitAt(digits, 12) &&
    checkDigit(digits, cnpjWeights) === digitAt(digits, 13)
  )
}

export const digitRules: readonly DigitRule[] = [
  {
    name: 'br-cpf',
    type: 'NATIONAL_ID',
    digits: [11],
    layouts: ['3.3.3-2', '3.3.3.2', '9-2', '3 3 3 2'],
    isValid: isCpf,
    alone: 'laid-out',
  },
  {
    name: 'br-cnpj',
    type: 'TAX_ID',
    digits: [14],
    layouts: ['2.3.3/4-2', '8/4-2'],
    isValid: isCnpj,
    alone: 'laid-out',
  },
]
