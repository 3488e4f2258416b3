{{/* For evaluation: what is in it may be forgotten, so it keeps nothing. */}}
{{- define "meshboard.platform.redis" -}}
{{- if .Values.redis.bundled.enabled -}}
{{- $bundled := .Values.redis.bundled -}}
{{- $redis := dict "root" . "name" "redis" "component" "server" "fullName" (printf "%s-redis" .Values.meshName) "port" 6379 -}}
{{ include "meshboard.serverService" $redis }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $redis.fullName }}
  labels:
    {{- include "meshboard.labels" $redis | nindent 4 }}
spec:
  replicas: 1
  selector:
    matchLabels:
      {{- include "meshboard.selector" $redis | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "meshboard.selector" $redis | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 10
      securityContext:
        {{- include "meshboard.podSecurity" 999 | nindent 8 }}
      containers:
        - name: redis
          image: {{ $bundled.image }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          # Through its input, so that the password is in no list of processes. Counts are never evicted.
          command:
            - sh
            - -c
            - |
              printf 'requirepass %s\nmaxmemory 64mb\nmaxmemory-policy noeviction\nsave ""\nappendonly no\ndir /tmp\n' "$REDIS_PASSWORD" | exec redis-server -
          env:
            {{- include "meshboard.fromSecret" (dict "name" "REDIS_PASSWORD" "secret" $redis.fullName) | nindent 12 }}
          ports:
            - { name: redis, containerPort: 6379 }
          startupProbe:
            tcpSocket: { port: redis }
            periodSeconds: 2
            failureThreshold: 30
          readinessProbe:
            tcpSocket: { port: redis }
            periodSeconds: 5
          livenessProbe:
            tcpSocket: { port: redis }
            periodSeconds: 15
          resources:
            {{- toYaml $bundled.resources | nindent 12 }}
          securityContext:
            {{- include "meshboard.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: tmp
          emptyDir: { sizeLimit: 16Mi }
{{ include "meshboard.serverPolicy" $redis }}
{{- end -}}
{{- end }}
