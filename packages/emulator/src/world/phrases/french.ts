import type { Phrases } from './phrases.ts'

export const french: Phrases = {
  bot: {
    hello: 'Bonjour ! Je suis Olivia, l’assistante virtuelle de Harbour & Pine. 👋',
    menu: 'Comment puis-je vous aider ?',
    handover: 'Un instant, je vous mets en relation avec un conseiller.',
  },
  topics: {
    delivery: {
      title: 'Où est ma commande ?',
      open: [
        'Bonjour, ma commande {order} devait arriver mardi et je n’ai rien reçu.',
        'Le suivi de {order} affiche « en cours de livraison » depuis trois jours 😕',
        'L’article {product} est-il déjà parti ?',
      ],
      answer: [
        'Le colis est bloqué au dépôt de {city}. J’ai demandé sa remise en livraison.',
        'Le livreur n’a pas trouvé l’entrée. Nouveau passage demain entre 9 h et 12 h.',
      ],
    },
    return: {
      title: 'Retour ou échange',
      open: [
        'L’article {product} est trop petit, je voudrais l’échanger.',
        'Comment renvoyer {order} ? Il n’y avait pas d’étiquette.',
      ],
      answer: [
        'Je vous ai envoyé une étiquette de retour.',
        'Pas de souci pour l’échange : le nouveau part dès que le vôtre est scanné.',
      ],
    },
    payment: {
      title: 'Paiement et facture',
      open: ['J’ai été débité deux fois de {amount} pour {order} !', 'Pouvez-vous me renvoyer la facture de {order} ?'],
      answer: [
        'L’un des deux débits n’est qu’une réservation.',
        'Je vous ai remboursé {amount}, comptez deux à quatre jours ouvrés.',
      ],
    },
    product: {
      title: 'Une question sur un produit',
      open: ['L’article {product} passe-t-il au lave-vaisselle ?', 'Existe-t-il en vert foncé ? ({product})'],
      answer: ['Oui, jusqu’à 60 degrés.', 'Il mesure 74 cm sans les poignées.'],
    },
    account: {
      title: 'Mon compte',
      open: [
        'Je n’arrive plus à me connecter.',
        'J’ai déménagé et je dois changer mon adresse.',
        'Merci de supprimer mon compte et mes données.',
      ],
      answer: ['Je vous ai renvoyé le lien. Regardez aussi dans les indésirables.', 'C’est modifié.'],
    },
  },
  hello: [
    'Bonjour, {agent} à votre écoute. Que puis-je faire pour vous ?',
    'Bonjour {first}, ici {agent}. Je regarde tout de suite.',
  ],
  ask: {
    order: 'Pouvez-vous me donner le numéro de commande ?',
    phone: 'À quel numéro le livreur peut-il vous joindre ?',
    email: 'Avec quelle adresse e-mail le compte est-il créé ?',
    name: 'À quel nom est la commande ?',
    card: 'Avec quelle carte avez-vous payé ? Les quatre derniers chiffres suffisent.',
    iban: 'Sur quel compte devons-nous rembourser ?',
    address: 'Quelle est l’adresse de livraison ?',
  },
  give: {
    order: ['C’est la {order}', '{order}'],
    phone: ['{phone}', 'Je suis joignable au {phone} après 17 h'],
    email: ['{email}', 'Ce doit être {email}'],
    name: ['{name}', 'Au nom de {name}.'],
    card: ['Le numéro complet est {card}, c’est sûr de l’envoyer ici ?', '{card}'],
    iban: ['Merci de rembourser sur {iban}', '{iban}, titulaire {name}'],
    address: ['{address}', 'Nous habitons {address}, deuxième étage, la sonnette est en panne'],
  },
  customer: [
    'd’accord',
    'Merci, j’attends.',
    'Ce n’est pas ce que dit votre site.',
    'Pouvez-vous vérifier encore une fois ?',
    '👍',
    'Vous êtes toujours là ?',
    'Parfait 🙏',
  ],
  agent: [
    'Merci, un instant s’il vous plaît.',
    'J’en suis désolé.',
    'J’ai trouvé la commande, merci de votre patience.',
    'Puis-je faire autre chose pour vous ?',
  ],
  thanks: ['Super, merci {agent} !', 'Merci beaucoup, au revoir 😊'],
  bye: ['Avec plaisir, {first}. Bonne journée !', 'Je vous en prie. À bientôt !'],
  late: 'Encore une chose : le livreur peut appeler le {phone}.',
  note: 'Rappeler {name} au {phone}.',
  form: { title: 'Vos coordonnées', name: 'Nom et prénom', email: 'E-mail', phone: 'Téléphone' },
  products: [
    'banc de jardin Oslo',
    'théière émaillée',
    'plaid en laine',
    'étagère chêne 120',
    'veste de pluie (taille L)',
  ],
}
