{{/*
Alerts and dashboards as they are in files/: `rules/earnings.yaml` and `dashboards/service-earnings.json`
belong to the release of earnings, all others to the platform's.
*/}}
{{- define "meshboard.platform.rules" -}}
{{- if .Values.monitoring.rules.enabled -}}
{{- $mesh := .Files.Get "files/mesh.json" | fromJson -}}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" }}
{{- $name := base $path | trimSuffix ".yaml" }}
{{- if not (hasKey $mesh.services $name) }}
---
{{ include "meshboard.ruleObject" (dict "root" $ "name" $name "path" $path) }}
{{- end }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "meshboard.service.rules" -}}
{{- $path := printf "files/rules/%s.yaml" .name -}}
{{- if and .root.Values.monitoring.rules.enabled (.root.Files.Get $path) -}}
{{ include "meshboard.ruleObject" (dict "root" .root "name" .name "path" $path "facts" .facts "settings" .settings) }}
{{- end -}}
{{- end }}

{{- define "meshboard.ruleObject" -}}
{{- $rules := .root.Values.monitoring.rules -}}
{{- $text := .root.Files.Get .path | trim -}}
{{- with $rules.runbooksUrl }}{{ $text = replace "https://runbooks.meshboard.example" . $text }}{{ end -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ .root.Values.meshName }}-{{ .name }}
  labels:
    {{- include "meshboard.labels" (merge (dict "component" "rules") .) | nindent 4 }}
    {{- with $rules.labels }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  {{- $text | nindent 2 }}
{{- end }}

{{- define "meshboard.platform.dashboards" -}}
{{- if .Values.monitoring.dashboards.enabled -}}
{{- $mesh := .Files.Get "files/mesh.json" | fromJson -}}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
{{- $name := base $path | trimSuffix ".json" }}
{{- if not (hasKey $mesh.services (trimPrefix "service-" $name)) }}
---
{{ include "meshboard.dashboardObject" (dict "root" $ "name" $name "path" $path) }}
{{- end }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "meshboard.service.dashboards" -}}
{{- $root := .root -}}
{{- $one := . -}}
{{- if $root.Values.monitoring.dashboards.enabled -}}
{{- range $name := list $one.name (printf "service-%s" $one.name) }}
{{- $path := printf "files/dashboards/%s.json" $name }}
{{- if $root.Files.Get $path }}
---
{{ include "meshboard.dashboardObject" (dict "root" $root "name" $name "path" $path "facts" $one.facts "settings" $one.settings) }}
{{- end }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "meshboard.dashboardObject" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .root.Values.meshName }}-dashboard-{{ .name }}
  labels:
    {{- include "meshboard.labels" (merge (dict "component" "dashboard") .) | nindent 4 }}
    {{- with .root.Values.monitoring.dashboards.labels }}{{ toYaml . | nindent 4 }}{{ end }}
data:
  {{ base .path }}: |
    {{- .root.Files.Get .path | nindent 4 }}
{{- end }}

{{- define "meshboard.platform.extra" -}}
{{- range .Values.extraObjects }}
---
{{ toYaml . }}
{{- end }}
{{- end }}
