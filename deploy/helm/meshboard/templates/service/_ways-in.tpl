{{/* For Prometheus and tests alone: nothing of the mesh calls a service this way. */}}
{{- define "meshboard.service.ops" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .fullName }}-ops
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
    meshboard/port: ops
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "meshboard.selector" . | nindent 4 }}
  ports:
    - { name: ops, port: 9100, targetPort: ops }
{{- end }}

{{- define "meshboard.service.door" -}}
{{- if .facts.door -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
spec:
  selector:
    {{- include "meshboard.selector" . | nindent 4 }}
  ports:
    - { name: door, port: 80, targetPort: door }
{{- if .root.Values.ingress.enabled }}
---
{{ include "meshboard.service.ingress" . }}
{{- end }}
{{- end -}}
{{- end }}

{{- define "meshboard.service.ingress" -}}
{{- $ingress := .root.Values.ingress -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
  annotations:
    {{- $annotations := dict }}
    {{- if .facts.door.sockets }}
    {{- $seconds := int $ingress.socketSeconds }}
    {{- $annotations = dict
          "nginx.ingress.kubernetes.io/proxy-read-timeout" (toString $seconds)
          "nginx.ingress.kubernetes.io/proxy-send-timeout" (toString $seconds)
          "haproxy.org/timeout-tunnel" (printf "%ds" $seconds) }}
    {{- end }}
    {{- $_ := set $annotations "nginx.ingress.kubernetes.io/ssl-redirect" (toString $ingress.tls.enabled) }}
    {{- toYaml (mergeOverwrite $annotations $ingress.annotations) | nindent 4 }}
spec:
  {{- with $ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- if $ingress.tls.enabled }}
  tls:
    - hosts: [{{ $ingress.host }}]
      secretName: {{ $ingress.tls.secretName | default (printf "%s-tls" .root.Values.meshName) }}
  {{- end }}
  rules:
    - host: {{ required "ingress.host is empty" $ingress.host }}
      http:
        paths:
          - path: {{ ternary "/ws" "/" .facts.door.sockets }}
            pathType: Prefix
            backend:
              service: { name: {{ .fullName }}, port: { name: door } }
{{- end }}

{{- define "meshboard.service.monitor" -}}
{{- with .root.Values.monitoring.serviceMonitor -}}
{{- if .enabled -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ $.fullName }}
  labels:
    {{- include "meshboard.labels" $ | nindent 4 }}
    {{- with .labels }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  selector:
    matchLabels:
      {{- include "meshboard.selector" $ | nindent 6 }}
      meshboard/port: ops
  endpoints:
    # The series' own label `service` counts, not the name of the Service.
    - { port: ops, path: /metrics, interval: {{ .interval }}, honorLabels: true }
{{- end -}}
{{- end -}}
{{- end }}
