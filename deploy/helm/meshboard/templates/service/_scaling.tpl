{{/* More copies when there is more to do. Never both: an autoscaler and KEDA would pull at one Deployment. */}}
{{- define "meshboard.service.scaling" -}}
{{- if eq .settings.autoscaling.kind "keda" -}}
{{ include "meshboard.scaledObject" . }}
{{- else if ne .settings.autoscaling.kind "off" -}}
{{ include "meshboard.autoscaler" . }}
{{- end -}}
{{- end }}

{{- define "meshboard.autoscaler" -}}
{{- $scaling := .settings.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .fullName }} }
  minReplicas: {{ int $scaling.min }}
  maxReplicas: {{ int $scaling.max }}
  behavior:
    {{- include "meshboard.scalingBehavior" . | nindent 4 }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ int $scaling.cpuPercent }} }
    {{- if eq $scaling.kind "metrics" }}
    {{- include "meshboard.scalingMetric" . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* Each copy of the edge that goes away moves all its clients: rarely, and one at a time. */}}
{{- define "meshboard.scalingBehavior" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies: [{ type: Percent, value: 100, periodSeconds: 30 }, { type: Pods, value: 2, periodSeconds: 30 }]
scaleDown:
  {{- if eq .facts.scaleBy "connections" }}
  stabilizationWindowSeconds: 900
  policies: [{ type: Pods, value: 1, periodSeconds: 300 }]
  {{- else }}
  stabilizationWindowSeconds: 300
  policies: [{ type: Pods, value: 1, periodSeconds: 60 }]
  {{- end }}
{{- end }}

{{/* Through the custom metrics API; the chart's README has the adapter's rules. */}}
{{- define "meshboard.scalingMetric" -}}
{{- $scaling := .settings.autoscaling -}}
{{- if eq .facts.scaleBy "connections" -}}
- type: Pods
  pods:
    metric: { name: edge_connections }
    target: { type: AverageValue, averageValue: {{ int $scaling.connections | quote }} }
{{- else if eq .facts.scaleBy "requests" -}}
- type: Pods
  pods:
    metric: { name: gateway_requests_per_second }
    target: { type: AverageValue, averageValue: {{ int $scaling.requestsPerSecond | quote }} }
{{- else if eq .facts.scaleBy "lag" -}}
- type: External
  external:
    metric:
      name: mesh_consumer_pending
      selector:
        matchLabels: { service: {{ .name }} }
    target: { type: AverageValue, averageValue: {{ int $scaling.lag | quote }} }
{{- end -}}
{{- end }}

{{- define "meshboard.scaledObject" -}}
{{- $scaling := .settings.autoscaling -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .fullName }} }
  minReplicaCount: {{ int $scaling.min }}
  maxReplicaCount: {{ int $scaling.max }}
  pollingInterval: 15
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        {{- include "meshboard.scalingBehavior" . | nindent 8 }}
  triggers:
    - type: cpu
      metricType: Utilization
      metadata: { value: {{ int $scaling.cpuPercent | quote }} }
    {{- with include "meshboard.scalingQuery" . | fromJson }}
    {{- if .query }}
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ $.root.Values.monitoring.prometheusUrl }}
        query: {{ .query }}
        threshold: {{ .threshold | int | quote }}
    {{- end }}
    {{- end }}
{{- end }}

{{- define "meshboard.scalingQuery" -}}
{{- $of := printf "{service=%q,namespace=%q}" .name .root.Release.Namespace -}}
{{- $scaling := .settings.autoscaling -}}
{{- if eq .facts.scaleBy "connections" -}}
{{ dict "query" (printf "sum(edge_connections%s)" $of) "threshold" $scaling.connections | toJson }}
{{- else if eq .facts.scaleBy "requests" -}}
{{ dict "query" (printf "sum(rate(gateway_request_duration_seconds_count%s[2m]))" $of) "threshold" $scaling.requestsPerSecond | toJson }}
{{- else if eq .facts.scaleBy "lag" -}}
{{ dict "query" (printf "sum(max by (consumer) (mesh_consumer_pending%s))" $of) "threshold" $scaling.lag | toJson }}
{{- else -}}
{}
{{- end -}}
{{- end }}

{{/* How many copies there are at least. */}}
{{- define "meshboard.copies" -}}
{{- if eq .settings.autoscaling.kind "off" }}{{ int .settings.replicas }}{{ else }}{{ int .settings.autoscaling.min }}{{ end -}}
{{- end }}

{{- define "meshboard.service.disruption" -}}
{{- if and .settings.podDisruptionBudget.enabled (gt (include "meshboard.copies" . | int) 1) -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ int .settings.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "meshboard.selector" . | nindent 6 }}
{{- end -}}
{{- end }}
