import type { FamilyFacts } from './exposition.ts'

export type MetricName =
  | 'custody_last_success_timestamp_seconds'
  | 'custody_last_run_timestamp_seconds'
  | 'custody_last_run_exit_code'
  | 'custody_last_run_duration_seconds'
  | 'custody_runs_total'
  | 'custody_conversations_archived_total'
  | 'custody_entries_archived_total'
  | 'custody_http_requests_total'
  | 'custody_http_retries_total'
  | 'custody_limit_wait_seconds_total'
  | 'custody_windows'
  | 'custody_window_lag_seconds'
  | 'custody_open_gaps'

/** Every metric there is. A label names an org, a command, a source, an endpoint, a status, a state or a reason: never a person or a record. */
export const metrics: Readonly<Record<MetricName, FamilyFacts[string]>> = {
  custody_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a command last ended with exit code 0 for the org.',
  },
  custody_last_run_timestamp_seconds: { type: 'gauge', help: 'When a command last ended for the org, well or not.' },
  custody_last_run_exit_code: { type: 'gauge', help: 'What it ended with.' },
  custody_last_run_duration_seconds: { type: 'gauge', help: 'How long it took.' },
  custody_runs_total: { type: 'counter', help: 'Runs by what came of them: a verdict, or how they failed.' },
  custody_conversations_archived_total: { type: 'counter', help: 'Conversations written into archives.' },
  custody_entries_archived_total: { type: 'counter', help: 'Entries written into archives.' },
  custody_http_requests_total: {
    type: 'counter',
    help: 'Answers of Salesforce by class of their status; none: no answer came.',
  },
  custody_http_retries_total: { type: 'counter', help: 'Requests that were sent again, by reason.' },
  custody_limit_wait_seconds_total: {
    type: 'counter',
    help: 'How long calls were held back to keep limits, as far as announced.',
  },
  custody_windows: { type: 'gauge', help: 'Windows of the schedule by state, and all that are sealed.' },
  custody_window_lag_seconds: {
    type: 'gauge',
    help: 'How long ago the time began that no archive has yet.',
  },
  custody_open_gaps: { type: 'gauge', help: 'What archives miss, and later runs read again.' },
}
