/** A MessagingChannel of the shop. */
export interface Channel {
  readonly number: number
  readonly messageType: 'EmbeddedMessaging' | 'WhatsApp' | 'Text' | 'Facebook'
  readonly label: string
  readonly developerName: string
  /** The shop's own address on the channel. */
  readonly platformKey: string
  /** How entries of end users name the app they come from. */
  readonly appType: string
}

export const channels: readonly Channel[] = [
  {
    number: 0,
    messageType: 'EmbeddedMessaging',
    label: 'Web chat',
    developerName: 'Web_Chat',
    platformKey: 'Web_Chat',
    appType: 'iamessage',
  },
  {
    number: 1,
    messageType: 'WhatsApp',
    label: 'WhatsApp service',
    developerName: 'WhatsApp_Service',
    platformKey: '+12025550100',
    appType: 'live_message',
  },
  {
    number: 2,
    messageType: 'Text',
    label: 'Text messages',
    developerName: 'Text_Messages',
    platformKey: '+12025550101',
    appType: 'live_message',
  },
  {
    number: 3,
    messageType: 'Facebook',
    label: 'Facebook page',
    developerName: 'Facebook_Page',
    platformKey: '104857600000001',
    appType: 'live_message',
  },
]
