// What flags and the configuration file share. Alone, so that `--help` loads neither the schema nor what reads it.

/** The file that is read when `--config` says nothing. */
export const defaultConfigFile = 'custody.config.yaml'

/** The query APIs of Data 360. */
export const data360Apis = ['v3', 'connect', 'v2'] as const
/** The names `--formats` and the configuration accept. */
export const formatNames = ['jsonl', 'csv', 'html'] as const
/** What `--container` accepts. */
export const containerNames = ['zip', 'folder'] as const

export type Format = (typeof formatNames)[number]
export type Container = (typeof containerNames)[number]
