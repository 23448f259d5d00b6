import { portuguese } from '../phrases/portuguese.ts'
import type { Locale } from './locale.ts'

export const brazil: Locale = {
  tag: 'pt_BR',
  country: 'BR',
  countryName: 'Brasil',
  phrases: portuguese,
  familyNameFirst: false,
  firstNames: ['João', 'Conceição', 'Thiago', 'Luísa', 'Antônio', 'Beatriz', 'Caio', 'Inês', 'Otávio', 'Sílvia'],
  lastNames: [
    'da Silva',
    'Gonçalves',
    'Araújo',
    'Nogueira',
    'dos Santos',
    'Pereira',
    'Magalhães',
    'Teixeira',
    'Brandão',
  ],
  phone: {
    countryCode: '55',
    trunk: '0',
    drama: [],
    plain: { prefix: '11900', digits: 6 },
    groups: [2, 5, 4],
    separator: ' ',
  },
  streets: ['Rua das Flores', 'Avenida Brasil', 'Travessa do Comércio'],
  cities: [
    { name: 'São Paulo', postalCode: '01001-000' },
    { name: 'Curitiba', postalCode: '80010-010' },
  ],
  address: '{street}, {number}, {postalCode} {city}',
  iban: { country: 'PT', bank: '', digits: 21 },
  currency: 'R$',
}

export const portugal: Locale = {
  ...brazil,
  tag: 'pt_PT',
  country: 'PT',
  countryName: 'Portugal',
  firstNames: ['Tiago', 'Leonor', 'Gonçalo', 'Matilde', 'Rui', 'Graça', 'Duarte', 'Mafalda'],
  lastNames: ['Ferreira', 'Simões', 'Carvalho', 'Lourenço', 'Figueiredo', 'Antunes', 'Mourão'],
  phone: {
    countryCode: '351',
    trunk: '',
    drama: [],
    plain: { prefix: '920', digits: 6 },
    groups: [3, 3, 3],
    separator: ' ',
  },
  streets: ['Rua do Carmo', 'Avenida da República', 'Largo da Sé'],
  cities: [
    { name: 'Lisboa', postalCode: '1200-092' },
    { name: 'Porto', postalCode: '4050-253' },
  ],
  currency: '€',
}
