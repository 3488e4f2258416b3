{{/* Only what follows from what the service is: all else is refused by the platform's policy. */}}
{{- define "meshboard.service.network" -}}
{{- $policy := .root.Values.networkPolicy -}}
{{- if $policy.enabled -}}
{{- $redis := include "meshboard.redisUrl" .root -}}
{{- $variables := include "meshboard.variables" . | fromYaml -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "meshboard.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - ports: [{ protocol: TCP, port: ops }]
      from:
        {{- with $policy.monitoringFrom }}{{ toYaml . | nindent 8 }}{{ end }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/component: test
              app.kubernetes.io/part-of: {{ .root.Values.meshName }}
    {{- if .facts.door }}
    - ports: [{ protocol: TCP, port: door }]
      {{- with $policy.doorsFrom }}
      from: {{ toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
  egress:
    {{- include "meshboard.egressDns" .root | nindent 4 }}
    {{- include "meshboard.egressNats" .root | nindent 4 }}
    {{- if .facts.databaseRole }}
    {{- include "meshboard.egressPostgres" (list .root (include "meshboard.postgresUrlOf" .)) | nindent 4 }}
    {{- end }}
    {{- if and .facts.usesRedis $redis }}
    {{- include "meshboard.egress" (list .root "redis" (include "meshboard.ports" (list $redis 6379)) $policy.redisTo) | nindent 4 }}
    {{- end }}
    {{- with get $variables "OTEL_EXPORTER_OTLP_ENDPOINT" }}
    {{- include "meshboard.egress" (list $.root "" (include "meshboard.ports" (list . 4318)) $policy.tracesTo) | nindent 4 }}
    {{- end }}
    {{- with .settings.egress }}{{ toYaml . | nindent 4 }}{{ end }}
{{- end -}}
{{- end }}

{{- define "meshboard.egressDns" -}}
- ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
  {{- with .Values.networkPolicy.dnsTo }}
  to: {{ toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "meshboard.egressNats" -}}
{{- include "meshboard.egress" (list . "nats" (include "meshboard.ports" (list (include "meshboard.natsUrl" .) 4222)) .Values.networkPolicy.natsTo) -}}
{{- end }}

{{- define "meshboard.egressPostgres" -}}
{{- $root := index . 0 -}}
{{- include "meshboard.egress" (list $root "postgres" (include "meshboard.ports" (list (index . 1) 5432)) $root.Values.networkPolicy.postgresTo) -}}
{{- end }}

{{/* To a server: (list $ <name of a bundled one> <ports as JSON> <peers>). */}}
{{- define "meshboard.egress" -}}
{{- $root := index . 0 -}}
{{- $server := index . 1 -}}
{{- $peers := index . 3 -}}
- ports:
    {{- range index . 2 | fromJsonArray }}
    - { protocol: TCP, port: {{ int . }} }
    {{- end }}
  {{- if and $server (dig $server "bundled" "enabled" false ($root.Values | merge dict)) }}
  to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: {{ $server }}
          app.kubernetes.io/part-of: {{ $root.Values.meshName }}
  {{- else if $peers }}
  to: {{ toYaml $peers | nindent 4 }}
  {{- end }}
{{- end }}
