import type { Phrases } from './phrases.ts'

export const spanish: Phrases = {
  bot: {
    hello: '¡Hola! Soy Olivia, la asistente virtual de Harbour & Pine. 👋',
    menu: '¿En qué puedo ayudarte hoy?',
    handover: 'Un momento, te paso con un compañero.',
  },
  topics: {
    delivery: {
      title: '¿Dónde está mi pedido?',
      open: [
        'Hola, mi pedido {order} tenía que llegar el martes y no ha venido nadie.',
        'El seguimiento de {order} lleva tres días "en reparto" 😕',
        '¿Ya ha salido del almacén el artículo {product}?',
      ],
      answer: [
        'El paquete está retenido en el almacén de {city}. He pedido que lo liberen.',
        'El repartidor no encontró la entrada. Mañana lo intentan otra vez entre las 9 y las 12.',
      ],
    },
    return: {
      title: 'Devolución o cambio',
      open: [
        'Me queda pequeño ({product}), quisiera cambiarlo.',
        '¿Cómo devuelvo {order}? No venía ninguna etiqueta.',
        'Faltan dos tornillos y el marco está rayado. Quiero que me devuelvan el dinero.',
      ],
      answer: [
        'Te he enviado una etiqueta; puedes dejar el paquete en cualquier tienda del transportista.',
        'Ningún problema con el cambio. El nuevo sale en cuanto escaneen el tuyo.',
      ],
    },
    payment: {
      title: 'Pago y factura',
      open: [
        '¡Me han cobrado {amount} dos veces por {order}!',
        '¿Podéis reenviarme la factura de {order}? La gestoría la espera.',
        'Me rechazan la tarjeta, pero el banco dice que todo está bien.',
      ],
      answer: [
        'Uno de los dos cargos es solo una retención y desaparecerá en cinco días.',
        'He reembolsado {amount}; tarda de dos a cuatro días hábiles.',
      ],
    },
    product: {
      title: 'Una pregunta sobre un producto',
      open: [
        '¿Es apto para lavavajillas? ({product})',
        '¿Lo hay en verde oscuro? Me refiero a: {product}',
        '¿Cabe por una puerta de 78 cm?',
      ],
      answer: ['Sí, hasta 60 grados. La madera, mejor a mano.', 'Mide 74 cm sin las asas, así que cabe.'],
    },
    account: {
      title: 'Mi cuenta',
      open: [
        'Ya no puedo entrar, el correo para restablecer la contraseña no llega nunca.',
        'Me he mudado y tengo que cambiar la dirección.',
        'Por favor, cerrad mi cuenta y borrad mis datos.',
      ],
      answer: [
        'Te he mandado otra vez el enlace. Mira también en la carpeta de spam.',
        'Ya está cambiado. Lo que está en camino llega todavía a la dirección antigua.',
      ],
    },
  },
  hello: ['Hola, soy {agent}. ¿En qué puedo ayudarte?', 'Hola {first}, te atiende {agent}. Lo miro ahora mismo.'],
  ask: {
    order: '¿Me das el número de pedido, por favor?',
    phone: '¿A qué número puede llamarte el repartidor?',
    email: '¿Con qué correo está registrada la cuenta?',
    name: '¿A nombre de quién está el pedido?',
    card: '¿Con qué tarjeta pagaste? Bastan los últimos cuatro dígitos.',
    iban: '¿A qué cuenta hacemos el reembolso?',
    address: '¿Cuál es la dirección de entrega?',
  },
  give: {
    order: ['Es el {order}', '{order}', 'pedido n.º {order}, del día 3'],
    phone: ['{phone}', 'Podéis llamarme al {phone} después de las cinco', 'mi móvil es el {phone}'],
    email: ['{email}', 'Debería ser {email}', 'Estoy registrada como {email}.'],
    name: ['{name}', 'A nombre de {name}.', 'Soy {name}'],
    card: ['El número completo es {card}, ¿es seguro enviarlo por aquí?', '{card}'],
    iban: ['Por favor, a {iban}', '{iban}, titular {name}'],
    address: ['{address}', 'Vivimos en {address}, segundo piso, el timbre no funciona'],
  },
  customer: [
    'vale',
    'Gracias, espero.',
    'Eso no es lo que pone en la web.',
    '¿Puedes mirarlo otra vez? Llevo dos semanas esperando.',
    '👍',
    '¿Sigues ahí?',
    'Perfecto 🙏',
  ],
  agent: [
    'Gracias, un momento por favor.',
    'Lo siento mucho.',
    'He encontrado el pedido, gracias por la espera.',
    'He dejado una nota en el pedido para mis compañeros.',
    '¿Puedo ayudarte en algo más?',
  ],
  thanks: ['¡Genial, gracias {agent}!', 'Muchas gracias, hasta luego 😊'],
  bye: ['De nada, {first}. ¡Que tengas un buen día!', 'Un placer. ¡Hasta pronto!'],
  late: 'Una cosa más: si el repartidor tiene dudas, que llame al {phone}.',
  note: 'La clienta o el cliente {name} pide que se le llame al {phone}.',
  form: { title: 'Tus datos de contacto', name: 'Nombre completo', email: 'Correo electrónico', phone: 'Teléfono' },
  products: [
    'banco de jardín Oslo',
    'tetera esmaltada',
    'manta de lana',
    'estantería de roble 120',
    'chubasquero (talla L)',
  ],
}
