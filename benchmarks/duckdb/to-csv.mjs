// to-csv.mjs LINES FILE THREADS PATTERN: entries as JSON lines to a redacted CSV, by DuckDB.
import { DuckDBInstance } from '@duckdb/node-api'

const [lines, file, threads, pattern] = process.argv.slice(2)
const quoted = (text) => `'${text.replaceAll("'", "''")}'`
const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()
await connection.run(`
  COPY (
    SELECT conversation, entryId AS entry_id, sentAt AS sent_at, kind, entryType AS entry_type, sender.role AS sender_role,
      sender.displayName AS sender_name, sender.subject AS sender_subject,
      regexp_replace(text, ${quoted(pattern)}, '[REDACTED]', 'g') AS text
    FROM read_json(${quoted(lines)}, format = 'newline_delimited', columns = {
      conversation: 'VARCHAR', entryId: 'VARCHAR', sentAt: 'VARCHAR', kind: 'VARCHAR', entryType: 'VARCHAR',
      sender: 'STRUCT(role VARCHAR, displayName VARCHAR, subject VARCHAR)', text: 'VARCHAR' })
  ) TO ${quoted(file)} (FORMAT csv, HEADER)`)
connection.closeSync()
