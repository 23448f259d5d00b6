import { japanese } from '../phrases/japanese.ts'
import type { Locale } from './locale.ts'

export const japan: Locale = {
  tag: 'ja_JP',
  country: 'JP',
  countryName: '日本',
  phrases: japanese,
  familyNameFirst: true,
  firstNames: ['さくら|Sakura', '健太|Kenta', '陽子|Yoko', '大輔|Daisuke', '結衣|Yui', '翔|Sho'],
  lastNames: ['佐藤|Sato', '高橋|Takahashi', '渡辺|Watanabe', '中村|Nakamura', '小林|Kobayashi', '﨑山|Sakiyama'],
  phone: {
    countryCode: '81',
    trunk: '0',
    drama: [],
    plain: { prefix: '9000', digits: 6 },
    groups: [2, 4, 4],
    separator: '-',
  },
  streets: ['千代田区丸の内', '港区芝公園', '中央区銀座'],
  cities: [
    { name: '東京都', postalCode: '100-0005' },
    { name: '東京都', postalCode: '105-0011' },
  ],
  address: '〒{postalCode} {city}{street}{number}',
  iban: { country: 'DE', bank: '', digits: 18 },
  currency: '¥',
}
