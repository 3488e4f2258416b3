{{/*
Whether what sets up runs as a hook, before anything of the release. Where the servers are part of the
same release they would not be there yet: then it is a Job among the others, and the services wait.
*/}}
{{- define "meshboard.setupIsHook" -}}
{{- $bundled := or .Values.postgres.bundled.enabled .Values.nats.bundled.enabled -}}
{{- if not (and $bundled (include "meshboard.has" (list . "platform"))) }}yes{{ end -}}
{{- end }}

{{/* Name, annotations and life of such a Job: (dict "root" $ "job" name "weight" "-5"). */}}
{{- define "meshboard.setupMetadata" -}}
{{- if include "meshboard.setupIsHook" .root -}}
name: {{ .job }}
annotations:
  helm.sh/hook: pre-install,pre-upgrade
  helm.sh/hook-weight: {{ .weight | quote }}
  helm.sh/hook-delete-policy: before-hook-creation
  {{- include "meshboard.rollbackSentence" . | nindent 2 }}
{{- else -}}
name: {{ .job }}-{{ .root.Release.Revision }}
annotations:
  {{- include "meshboard.rollbackSentence" . | nindent 2 }}
{{- end -}}
{{- end }}

{{- define "meshboard.rollbackSentence" -}}
meshboard/rollback: nothing to do. Steps only add, and the build before runs on what they added.
{{- end }}

{{/* The pod of such a Job: (dict "root" $ "image" … "args" list "env" text). */}}
{{- define "meshboard.setupSpec" -}}
backoffLimit: {{ ternary 1 20 (include "meshboard.setupIsHook" .root | empty | not) }}
activeDeadlineSeconds: {{ int .root.Values.setup.timeoutSeconds }}
{{- if not (include "meshboard.setupIsHook" .root) }}
ttlSecondsAfterFinished: 86400
{{- end }}
template:
  metadata:
    labels:
      {{- include "meshboard.selector" . | nindent 6 }}
  spec:
    {{- include "meshboard.toolsPod" . | nindent 4 }}
{{- end }}

{{/* A pod that runs the tools once. */}}
{{- define "meshboard.toolsPod" -}}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "meshboard.pullSecrets" .root }}
securityContext:
  {{- include "meshboard.podSecurity" "" | nindent 2 }}
containers:
  - name: mesh
    image: {{ .image }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    {{- with .command }}
    command: {{ toJson . }}
    {{- end }}
    args: {{ toJson .args }}
    env:
      {{- .env | nindent 6 }}
    resources:
      {{- toYaml .root.Values.setup.resources | nindent 6 }}
    securityContext:
      {{- include "meshboard.containerSecurity" . | nindent 6 }}
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
volumes:
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
{{- end }}

{{/* Postgres as its administrator. */}}
{{- define "meshboard.adminEnv" -}}
{{- $secret := include "meshboard.setupSecret" .root -}}
{{ include "meshboard.fromSecret" (dict "name" "POSTGRES_USER" "secret" $secret) }}
{{ include "meshboard.fromSecret" (dict "name" "POSTGRES_PASSWORD" "secret" $secret) }}
- name: DATABASE_URL
  value: {{ include "meshboard.urlAs" (list .url "$(POSTGRES_USER):$(POSTGRES_PASSWORD)") | quote }}
{{- end }}

{{/* The broker as who makes streams and consumers. */}}
{{- define "meshboard.provisionerEnv" -}}
- name: NATS_URL
  value: {{ include "meshboard.natsUrl" . | quote }}
- name: NATS_USER
  value: provisioner
{{ include "meshboard.fromSecret" (dict "name" "NATS_PASSWORD" "key" "NATS_PASSWORD_PROVISIONER" "secret" (include "meshboard.setupSecret" .)) }}
- name: STREAM_REPLICAS
  value: {{ int .Values.nats.streamReplicas | quote }}
- name: STREAM_BYTES_MAX
  value: {{ int64 .Values.nats.streamBytesMax | quote }}
{{- with .Values.nats.streamBytesMaxOf }}
{{- $streams := list }}
{{- range $stream, $bytes := . }}{{ $streams = append $streams (printf "%s=%d" $stream (int64 $bytes)) }}{{ end }}
- name: STREAM_BYTES_MAX_OF
  value: {{ join "," $streams | quote }}
{{- end }}
{{- end }}

{{/* Schema, role, stream and consumers of one service, before its processes that need them. */}}
{{- define "meshboard.service.setup" -}}
{{- if and .facts.databaseRole (dig "setup" "enabled" true .settings) -}}
{{- $role := .facts.databaseRole | trimSuffix "_app" | upper -}}
{{- $one := merge (dict "component" "setup" "image" (include "meshboard.toolsImage" .)
      "args" (list "setup" "--only" .name) "job" (printf "%s-setup" .fullName) "weight" "-5") . -}}
{{- $admin := include "meshboard.adminEnv" (dict "root" .root "url" (include "meshboard.postgresUrlOf" .)) -}}
{{- $own := include "meshboard.fromSecret" (dict "name" (printf "DATABASE_PASSWORD_%s" $role)
      "key" "DATABASE_PASSWORD" "secret" (include "meshboard.secretOf" .)) -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "meshboard.setupMetadata" $one | nindent 2 }}
  labels:
    {{- include "meshboard.labels" $one | nindent 4 }}
spec:
  {{- include "meshboard.setupSpec" (merge (dict "env" (list $admin $own (include "meshboard.provisionerEnv" .root) | join "\n")) $one) | nindent 2 }}
{{- end -}}
{{- end }}
