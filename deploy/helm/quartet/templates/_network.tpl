{{- define "quartet.natsEgress" -}}
{{- if .Values.nats.enabled -}}
- to:
    - podSelector:
        matchLabels: {{- include "quartet.selector" (dict "root" . "component" "nats") | nindent 10 }}
  ports: [{port: 4222, protocol: TCP}]
{{- else -}}
{{- $ports := list -}}
{{- range splitList "," .Values.nats.url -}}{{- $ports = append $ports (include "quartet.portOf" (trim .)) -}}{{- end -}}
- to: {{- toYaml .Values.nats.peers | nindent 4 }}
  ports:
    {{- range $ports | uniq }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end -}}
{{- end -}}

{{- /* The port of an address such as https://clickhouse:8443; that of its scheme where it names none. */ -}}
{{- define "quartet.portOf" -}}
{{- $usual := dict "https" "443" "http" "80" "nats" "4222" "tls" "4222" "ws" "80" "wss" "443" -}}
{{- $address := urlParse . -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $address.host) | default (get $usual $address.scheme) -}}
{{- end -}}

{{- /* The web ports of a component that are reached from outside: port -> {host, path}. */ -}}
{{- define "quartet.exposed" -}}
{{- $values := .root.Values -}}
{{- $exposed := dict -}}
{{- if or $values.ingress.enabled $values.httpRoute.enabled -}}
{{- if and (eq .component "gateway") $values.public.host -}}
{{- $_ := set $exposed "links" (dict "host" $values.public.host "path" "/v" "match" "Prefix") -}}
{{- if eq $values.telegram.mode "webhook" -}}
{{- $_ := set $exposed "webhook" (dict "host" $values.public.host "path" $values.telegram.webhookPath "match" "Exact") -}}
{{- end -}}
{{- else if and (eq .component "admin") $values.public.panelHost -}}
{{- $_ := set $exposed "panel" (dict "host" $values.public.panelHost "path" "/" "match" "Prefix") -}}
{{- end -}}
{{- end -}}
{{- $exposed | toYaml -}}
{{- end -}}
