{{- /* A value as a process reads it: whole numbers without an exponent, lists separated by commas. */ -}}
{{- define "quartet.text" -}}
{{- if kindIs "float64" . -}}
{{- if eq . (float64 (int64 .)) -}}{{- int64 . -}}{{- else -}}{{- . -}}{{- end -}}
{{- else if kindIs "slice" . -}}
{{- $parts := list -}}
{{- range . -}}{{- $parts = append $parts (include "quartet.text" .) -}}{{- end -}}
{{- join "," $parts -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{- define "quartet.natsUrl" -}}
{{- $url := .Values.nats.url -}}
{{- if .Values.nats.enabled -}}
{{- $url = printf "nats://%s:4222" (include "quartet.host" (dict "root" . "component" "nats")) -}}
{{- end -}}
{{- if .Values.nats.user -}}
{{- $url = $url | replace "://" (printf "://%s:$(NATS_PASSWORD)@" .Values.nats.user) -}}
{{- end -}}
{{- $url -}}
{{- end -}}

{{- /* What the chart itself knows of a component's environment. */ -}}
{{- define "quartet.wiring" -}}
{{- $root := .root -}}
{{- $is := .values.is -}}
NATS_URL: {{ include "quartet.natsUrl" $root | quote }}
GRPC_HOST: 0.0.0.0
GRPC_PORT: {{ $is.grpc }}
METRICS_PORT: {{ $is.metrics }}
QUARTET_RELEASE: {{ include "quartet.tag" $root | quote }}
STREAM_REPLICAS: {{ $root.Values.nats.streamReplicas }}
DRAIN_SECONDS: {{ .values.shutdown.drainSeconds }}
GRACE_SECONDS: {{ .values.shutdown.graceSeconds }}
PYTHONDONTWRITEBYTECODE: "1"
HOME: /tmp
{{- if $root.Values.tls.enabled }}
TLS_DIRECTORY: /etc/quartet/tls
{{- end }}
{{- with $root.Values.tracing.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . }}
{{- end }}
{{- $facts := $root.Files.Get "files/components.yaml" | fromYaml }}
{{- range $is.calls }}
{{ upper . }}_TARGET: {{ printf "dns:///%s:%v" (include "quartet.host" (dict "root" $root "component" .)) (get $facts .).grpc }}
{{- end }}
{{- range $_, $web := $is.web }}
{{ $web.bind }}: 0.0.0.0
{{- end }}
{{- if has "ADMIN_IDS" (get ($root.Files.Get "files/variables.json" | fromJson) .component) }}
ADMIN_IDS: {{ include "quartet.text" $root.Values.admins.owners | quote }}
OPERATOR_IDS: {{ include "quartet.text" $root.Values.admins.operators | quote }}
ANALYST_IDS: {{ include "quartet.text" $root.Values.admins.analysts | quote }}
{{- end }}
{{- if eq .component "gateway" }}
TELEGRAM_MODE: {{ $root.Values.telegram.mode }}
{{- if eq $root.Values.telegram.mode "webhook" }}
# Network policies let nobody but the ingress in.
WEBHOOK_TRUSTED_PROXIES: {{ join "," $root.Values.networkPolicy.privateRanges }}
{{- end }}
{{- if $root.Values.telegram.server.enabled }}
TELEGRAM_API_URL: {{ printf "http://%s:8081" (include "quartet.host" (dict "root" $root "component" "telegram-bot-api")) }}
TELEGRAM_FILES_DIRECTORY: /var/lib/telegram-bot-api
TELEGRAM_MAX_FILE_BYTES: 50000000
{{- end }}
{{- with $root.Values.public.host }}
PUBLIC_URL: https://{{ . }}
TELEGRAM_WEBHOOK_URL: https://{{ . }}{{ $root.Values.telegram.webhookPath }}
{{- end }}
{{- else if eq .component "admin" }}
ADMIN_DIRECTORY: /var/lib/quartet/admin
WORKLOADS_SELECTOR: app.kubernetes.io/name={{ $root.Chart.Name }},app.kubernetes.io/instance={{ $root.Release.Name }}
{{- with $root.Values.telegram.botId }}
TELEGRAM_BOT_ID: {{ include "quartet.text" . | quote }}
{{- end }}
{{- with $root.Values.public.panelHost }}
PANEL_URL: https://{{ . }}
# Network policies let nobody but the ingress in.
PANEL_TRUSTED_PROXIES: {{ join "," $root.Values.networkPolicy.privateRanges }}
{{- end }}
{{- if $root.Values.clickhouse.url }}
CLICKHOUSE_URL: {{ $root.Values.clickhouse.url }}
CLICKHOUSE_USER: {{ $root.Values.clickhouse.user }}
CLICKHOUSE_DATABASE: {{ $root.Values.clickhouse.database }}
{{- with $root.Values.clickhouse.cluster }}
CLICKHOUSE_CLUSTER: {{ . }}
{{- end }}
{{- if $root.Values.clickhouse.caSecret }}
CLICKHOUSE_CA_FILE: /etc/quartet/clickhouse/ca.crt
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The secrets that this release cannot do without. Takes root and the component's merged values. */ -}}
{{- define "quartet.required" -}}
{{- $required := .values.is.required -}}
{{- if .root.Values.nats.user -}}{{- $required = append $required "NATS_PASSWORD" -}}{{- end -}}
{{- if .root.Values.public.host -}}{{- $required = append $required "LINK_SECRET" -}}{{- end -}}
{{- if eq .root.Values.telegram.mode "webhook" -}}{{- $required = append $required "TELEGRAM_WEBHOOK_SECRET" -}}{{- end -}}
{{- if .root.Values.clickhouse.url -}}{{- $required = append $required "CLICKHOUSE_PASSWORD" -}}{{- end -}}
{{- $required | toJson -}}
{{- end -}}

{{- /* The whole environment, in the order of names: NATS_PASSWORD stands before NATS_URL, which quotes it. */ -}}
{{- define "quartet.environment" -}}
{{- $root := .root -}}
{{- $env := include "quartet.wiring" . | fromYaml -}}
{{- $secrets := .values.is.secrets -}}
{{- if $root.Values.nats.user -}}{{- $secrets = append $secrets "NATS_PASSWORD" -}}{{- end -}}
{{- $required := include "quartet.required" . | fromJsonArray -}}
{{- range $secrets -}}
{{- $ref := dict "name" (include "quartet.secret" $root) "key" . "optional" (not (has . $required)) -}}
{{- $_ := set $env . (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- end -}}
{{- $own := .values.env -}}
{{- if eq .component "video-worker" -}}
{{- $own = mustMergeOverwrite (deepCopy $root.Values.components.video.env) (deepCopy $own) -}}
{{- end -}}
{{- $known := get ($root.Files.Get "files/variables.json" | fromJson) .component -}}
{{- range $name, $value := $root.Values.env -}}
{{- if has $name $known -}}{{- $_ := set $env $name $value -}}{{- end -}}
{{- end -}}
{{- range $name, $value := $own -}}{{- $_ := set $env $name $value -}}{{- end -}}
{{- range $name := keys $env | sortAlpha -}}
{{- $value := get $env $name }}
{{- if kindIs "map" $value }}
- name: {{ $name }}
{{- toYaml $value | nindent 2 }}
{{- else if not (kindIs "invalid" $value) }}
- {name: {{ $name }}, value: {{ include "quartet.text" $value | quote }}}
{{- end }}
{{- end -}}
{{- end -}}
