// What this package takes for granted about Salesforce without having seen it documented.

// assumption: keys of payloads whose values are words of Salesforce's own lists, as the vendor's documents and samples show
// them. A value that does not look like such a word is searched all the same.
export const wordKeys: ReadonlySet<string> = new Set([
  'appType',
  'assetType',
  'attachmentUploadResult',
  'endedByRole',
  'endedByType',
  'entryType',
  'errorCode',
  'failureType',
  'formatType',
  'inputType',
  'inputValueType',
  'itemType',
  'messageReason',
  'messageType',
  'mimeType',
  'operation',
  'previousStatus',
  'role',
  'routingType',
  'status',
  'type',
  'valueType',
  'workType',
  'activeModalities',
  'supportedModalities',
  'active',
])

// assumption: keys that end like this hold ids or instants. The same goes: only while the value looks like one.
export const idKey: RegExp =
  /(?:^|[a-z])(?:id|Id|ids|Ids|identifier|Identifier|Key|references|relatedRecords)$|^(?:id|ids|at)$/
export const timeKey: RegExp = /(?:^at|[tT]imestamp|Time|Date|At)$/

// assumption: the sixth character of a record id is the reserved 0. Without it, any fifteen letters and digits would do.
export const reservedPosition = 5

// assumption: the part of a platform key behind the last colon or slash names the person, as in
// `v2/iamessage/UNAUTH/NA/uid:<id>` and `whatsapp:+4915…`; what stands before is the same for everybody.
export const keySeparator: RegExp = /[:/]/

// assumption: platform keys that are phone numbers are in international form, also without a plus, from this many digits on.
export const internationalDigits = 11

// assumption: rules for sensitive data (LiveChatSensitiveDataRule.Pattern) may begin with Java's flag for any case, which the
// documents do not mention; they call the pattern a regular expression, once of JavaScript.
export const inlineCaseFlag: RegExp = /^\(\?i\)/
