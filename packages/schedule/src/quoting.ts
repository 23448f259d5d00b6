// What is quoted here was checked before: it holds no line break, no control character and no backslash.

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  // No backslash in it, since crons differ about those.
  return /^[\w@+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`
}

/** A command for a crontab line: cron makes a line break of each bare percent sign, in quotes too. */
export function crontabCommand(command: string): string {
  return command.replaceAll('%', '\\%')
}

/** One word of `ExecStart=`, behind the program: no variable, no specifier. */
export function systemdWord(text: string): string {
  return systemdQuoted(text.replaceAll('$', '$$$$'))
}

/** A setting of a unit that keeps quotes and dollar signs as they are, such as `WorkingDirectory=`. */
export function systemdValue(text: string): string {
  return text.replaceAll('%', '%%')
}

/** A setting that is parted at blanks, such as `Environment=`. */
export function systemdQuoted(text: string): string {
  const value = systemdValue(text)
  return /^[\w@+:,./=$%-]+$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`
}

/** A word of a container's `command`: `$(NAME)` would be replaced. */
export function containerWord(text: string): string {
  return yamlText(text.replaceAll('$', '$$$$'))
}

/** A YAML scalar that is a string for every parser. JSON's strings are YAML's. */
export function yamlText(text: string): string {
  return JSON.stringify(text)
}
