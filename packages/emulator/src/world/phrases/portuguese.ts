import type { Phrases } from './phrases.ts'

export const portuguese: Phrases = {
  bot: {
    hello: 'Olá! Sou a Olivia, a assistente virtual da Harbour & Pine. 👋',
    menu: 'Como posso ajudar hoje?',
    handover: 'Um momento, vou transferir para um colega.',
  },
  topics: {
    delivery: {
      title: 'Onde está a minha encomenda?',
      open: [
        'Bom dia, a encomenda {order} devia ter chegado na terça e não chegou nada.',
        'O rastreio de {order} diz "em distribuição" há três dias 😕',
        'Olá, o artigo {product} já saiu do armazém?',
      ],
      answer: [
        'A encomenda está no depósito em {city}. Já pedi a libertação à transportadora.',
        'O motorista não encontrou a entrada. Nova tentativa amanhã entre as 9h e as 12h.',
      ],
    },
    return: {
      title: 'Devolução ou troca',
      open: [
        'O artigo {product} é pequeno demais, queria trocar.',
        'Como devolvo {order}? Não vinha etiqueta na caixa.',
        'Faltam dois parafusos e a estrutura está riscada. Quero o meu dinheiro de volta.',
      ],
      answer: [
        'Enviei uma etiqueta de devolução; pode entregar em qualquer loja da transportadora.',
        'A troca não é problema. O novo sai assim que o seu for lido.',
      ],
    },
    payment: {
      title: 'Pagamento e fatura',
      open: [
        'Cobraram-me {amount} duas vezes na {order}!',
        'Podem reenviar a fatura da {order}? O contabilista está à espera.',
        'O cartão foi recusado, mas o banco diz que está tudo bem.',
      ],
      answer: [
        'Um dos movimentos é só uma reserva e desaparece em cinco dias.',
        'Reembolsei {amount}; demora dois a quatro dias úteis.',
      ],
    },
    product: {
      title: 'Pergunta sobre um produto',
      open: [
        'O artigo {product} pode ir à máquina da louça?',
        'Há {product} em verde-escuro?',
        'Cabe numa porta de 78 cm? A página só diz "compacto".',
      ],
      answer: ['Sim, até 60 graus. As partes de madeira só à mão.', 'Tem 74 cm sem as pegas, por isso cabe.'],
    },
    account: {
      title: 'A minha conta',
      open: [
        'Já não consigo entrar, o e-mail de recuperação nunca chega.',
        'Mudei de casa e preciso de alterar a morada.',
        'Por favor encerrem a minha conta e apaguem os meus dados.',
      ],
      answer: [
        'Enviei de novo a ligação. Veja também a pasta de spam.',
        'Já está alterado. O que vai a caminho ainda segue para a morada antiga.',
      ],
    },
  },
  hello: ['Olá, fala {agent}. Em que posso ajudar?', 'Olá {first}, aqui {agent}. Vou já verificar.'],
  ask: {
    order: 'Pode dizer-me o número da encomenda?',
    phone: 'Para que número pode o motorista ligar?',
    email: 'Com que e-mail está registada a conta?',
    name: 'Qual é o nome completo na encomenda?',
    card: 'Com que cartão pagou? Bastam os últimos quatro dígitos.',
    iban: 'Para onde devemos fazer o reembolso?',
    address: 'Qual é a morada de entrega?',
  },
  give: {
    order: ['É a {order}', '{order}', 'encomenda n.º {order}, do dia 3'],
    phone: ['{phone}', 'Podem ligar para {phone} depois das 17h', 'o meu telemóvel é {phone}'],
    email: ['{email}', 'Deve ser {email}', 'Estou registado como {email}.'],
    name: ['{name}', 'O nome é {name}.', 'Sou {name}'],
    card: ['O número completo é {card}, é seguro enviar aqui?', '{card}'],
    iban: ['Por favor para {iban}', '{iban}, titular {name}'],
    address: ['{address}', 'Moramos em {address}, segundo andar, a campainha não funciona'],
  },
  customer: [
    'ok',
    'Obrigado, eu espero.',
    'Não é isso que diz o site.',
    'Pode verificar outra vez? Estou à espera há duas semanas.',
    '👍',
    'Ainda está aí?',
    'Perfeito 🙏',
  ],
  agent: [
    'Obrigado, um momento por favor.',
    'Lamento muito.',
    'Encontrei a encomenda, obrigado por esperar.',
    'Deixei uma nota na encomenda para os meus colegas.',
    'Posso ajudar em mais alguma coisa?',
  ],
  thanks: ['Ótimo, obrigada {agent}!', 'Muito obrigado, até à próxima 😊'],
  bye: ['De nada, {first}. Tenha um ótimo dia!', 'Foi um prazer. Até breve!'],
  late: 'Só mais uma coisa: se o motorista tiver dúvidas, liguem para {phone}.',
  note: 'Cliente {name} pede que lhe liguem para {phone}.',
  form: { title: 'Os seus contactos', name: 'Nome completo', email: 'E-mail', phone: 'Telefone' },
  products: [
    'banco de jardim Oslo',
    'bule esmaltado',
    'manta de lã',
    'estante de carvalho 120',
    'casaco impermeável L',
  ],
}
