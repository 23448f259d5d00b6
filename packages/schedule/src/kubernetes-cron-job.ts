import { definitionHeader } from './definition-header.ts'
import type { SchedulerDefinitionOptions } from './definition-options.ts'
import { containerWord, yamlText } from './quoting.ts'
import { localRunTimes, toCronExpression } from './run-times.ts'

/** A CronJob and the claim of the volume its state and archives are on, for Kubernetes 1.27 and newer. */
export function kubernetesCronJob(options: SchedulerDefinitionOptions): Readonly<Record<string, string>> {
  const { schedule, name, workingDirectory, command, image = '' } = options
  const cronJob = `${definitionHeader(
    schedule,
    `Any exit code but 0 fails the Job: alert on kube_job_status_failed. The configuration lies on the volume of ${name}-volume.yaml.`,
  )}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: ${yamlText(name)}
spec:
  schedule: ${yamlText(toCronExpression(localRunTimes(schedule)))}
  timeZone: ${yamlText(schedule.timeZone)}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 21600
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 10
  jobTemplate:
    spec:
      backoffLimit: 3
      podFailurePolicy:
        rules:
          # Moved to another node: no attempt is lost by that.
          - action: Ignore
            onPodConditions:
              - type: DisruptionTarget
                status: "True"
          # 2 usage, 3 incomplete, 4 findings, 5 refused, 6 sign-in: the same at once again would change nothing.
          - action: FailJob
            onExitCodes:
              containerName: custody
              operator: In
              values: [2, 3, 4, 5, 6]
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 30
          automountServiceAccountToken: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 1000
            runAsGroup: 1000
            fsGroup: 1000
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: custody
              image: ${yamlText(image)}
              command:
${command.map((word) => `                - ${containerWord(word)}\n`).join('')}              workingDir: ${yamlText(workingDirectory)}
${secretEnvironment(options)}              securityContext:
                allowPrivilegeEscalation: false
                capabilities:
                  drop: ["ALL"]
              volumeMounts:
                - name: custody
                  mountPath: ${yamlText(workingDirectory)}
          volumes:
            - name: custody
              persistentVolumeClaim:
                claimName: ${yamlText(name)}
`
  const volume = `# The volume of ${name}: configuration, state and archives. In a file of its own, so that deleting the CronJob keeps it.
# The state is a SQLite database, which a network file system may damage: choose a storage class of block devices.
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: ${yamlText(name)}
spec:
  accessModes: ["ReadWriteOnce"]
  resources:
    requests:
      # For as many archives as you keep here.
      storage: 50Gi
`
  return { [`${name}.yaml`]: cronJob, [`${name}-volume.yaml`]: volume }
}

function secretEnvironment({ secretName, secretVariables = [] }: SchedulerDefinitionOptions): string {
  if (secretName === undefined) return ''
  if (secretVariables.length === 0)
    return `              envFrom:
                - secretRef:
                    name: ${yamlText(secretName)}
`
  const variables = [...new Set(secretVariables)].map(
    (variable) => `                - name: ${yamlText(variable)}
                  valueFrom:
                    secretKeyRef:
                      name: ${yamlText(secretName)}
                      key: ${yamlText(variable)}
`,
  )
  return `              env:\n${variables.join('')}`
}
