{{/* Alerts and dashboards as they are in files/. */}}
{{- define "meshboard.platform.rules" -}}
{{- if .Values.monitoring.rules.enabled -}}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" }}
{{- $name := base $path | trimSuffix ".yaml" }}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ $.Values.meshName }}-{{ $name }}
  labels:
    {{- include "meshboard.labels" (dict "root" $ "name" $name "component" "rules") | nindent 4 }}
    {{- with $.Values.monitoring.rules.labels }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  {{- $.Files.Get $path | nindent 2 }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "meshboard.platform.dashboards" -}}
{{- if .Values.monitoring.dashboards.enabled -}}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
{{- $name := base $path | trimSuffix ".json" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Values.meshName }}-dashboard-{{ $name }}
  labels:
    {{- include "meshboard.labels" (dict "root" $ "name" $name "component" "dashboard") | nindent 4 }}
    {{- with $.Values.monitoring.dashboards.labels }}{{ toYaml . | nindent 4 }}{{ end }}
data:
  {{ base $path }}: |
    {{- $.Files.Get $path | nindent 4 }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "meshboard.platform.extra" -}}
{{- range .Values.extraObjects }}
---
{{ toYaml . }}
{{- end }}
{{- end }}
