{{/* What would not work is refused before it is installed. */}}
{{- define "meshboard.checkService" -}}
{{- $variables := include "meshboard.variables" . | fromYaml -}}
{{- $took := 0 -}}
{{- range $name, $default := .facts.stopping -}}
{{- if ne $name "STOP_MS_MAX" }}{{ $took = add $took (get $variables $name | default $default | int64) }}{{ end -}}
{{- end -}}
{{- if gt $took (include "meshboard.stopMsMax" . | int64) -}}
{{- fail (printf "services.%s: %s of its config are %d ms together, more than STOP_MS_MAX" .name (without (keys .facts.stopping | sortAlpha) "STOP_MS_MAX" | join ", ") $took) -}}
{{- end -}}
{{- with .settings.autoscaling -}}
{{- if gt (int .min) (int .max) }}{{ fail (printf "services.%s.autoscaling: min is more than max" $.name) }}{{ end -}}
{{- end -}}
{{- if and (eq .settings.autoscaling.kind "keda") (not .root.Values.monitoring.prometheusUrl) -}}
{{- fail "monitoring.prometheusUrl is empty: KEDA asks Prometheus there" -}}
{{- end -}}
{{- end }}

{{- define "meshboard.checkPlatform" -}}
{{- with .Values.nats -}}
{{- if and .bundled.enabled (gt (int .streamReplicas) (int .bundled.replicas)) -}}
{{- fail (printf "nats.streamReplicas is %d, but nats.bundled.replicas only %d" (int .streamReplicas) (int .bundled.replicas)) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}{{ fail "ingress.host is empty" }}{{ end -}}
{{- end }}

{{- define "meshboard.stopMsMax" -}}
{{- $variables := include "meshboard.variables" . | fromYaml -}}
{{- get $variables "STOP_MS_MAX" | default .facts.stopping.STOP_MS_MAX | int64 -}}
{{- end }}
