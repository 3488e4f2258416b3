{{/* For evaluation: one Postgres, without a standby and without backups. */}}
{{- define "meshboard.platform.postgres" -}}
{{- if .Values.postgres.bundled.enabled -}}
{{- $bundled := .Values.postgres.bundled -}}
{{- $postgres := dict "root" . "name" "postgres" "component" "server" "fullName" (printf "%s-postgres" .Values.meshName) "port" 5432 -}}
{{ include "meshboard.serverService" $postgres }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $postgres.fullName }}
  labels:
    {{- include "meshboard.labels" $postgres | nindent 4 }}
spec:
  serviceName: {{ $postgres.fullName }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "meshboard.selector" $postgres | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "meshboard.selector" $postgres | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 60
      securityContext:
        {{- include "meshboard.podSecurity" 999 | nindent 8 }}
      containers:
        - name: postgres
          image: {{ $bundled.image }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          args: [-c, max_connections=500]
          env:
            {{- include "meshboard.fromSecret" (dict "name" "POSTGRES_USER" "secret" (include "meshboard.setupSecret" .)) | nindent 12 }}
            {{- include "meshboard.fromSecret" (dict "name" "POSTGRES_PASSWORD" "secret" (include "meshboard.setupSecret" .)) | nindent 12 }}
            - { name: POSTGRES_DB, value: meshboard }
            - { name: PGDATA, value: /data/pgdata }
          ports:
            - { name: postgres, containerPort: 5432 }
          startupProbe:
            exec: { command: [sh, -c, 'pg_isready --host 127.0.0.1 --username "$POSTGRES_USER" --dbname meshboard'] }
            periodSeconds: 5
            failureThreshold: 60
          readinessProbe:
            exec: { command: [sh, -c, 'pg_isready --host 127.0.0.1 --username "$POSTGRES_USER" --dbname meshboard'] }
            periodSeconds: 5
          livenessProbe:
            exec: { command: [sh, -c, 'pg_isready --host 127.0.0.1 --username "$POSTGRES_USER" --dbname meshboard'] }
            periodSeconds: 15
            failureThreshold: 4
          resources:
            {{- toYaml $bundled.resources | nindent 12 }}
          securityContext:
            {{- include "meshboard.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: data, mountPath: /data }
            - { name: run, mountPath: /var/run/postgresql }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: run
          emptyDir: { sizeLimit: 1Mi }
        - name: tmp
          emptyDir: { sizeLimit: 64Mi }
  volumeClaimTemplates:
    {{- include "meshboard.claim" $bundled.storage | nindent 4 }}
{{ include "meshboard.serverPolicy" $postgres }}
{{- end -}}
{{- end }}

{{- define "meshboard.serverService" -}}
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
    - { name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }} }
{{- end }}
