{{- define "quartet.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /* What marks an object as ours. Takes (dict "root" $ "component" name). */ -}}
{{- define "quartet.labels" -}}
{{ include "quartet.selector" . }}
app.kubernetes.io/part-of: quartet
app.kubernetes.io/version: {{ include "quartet.tag" .root | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- /* What never changes in a pod's life, so that selectors can be made of it. */ -}}
{{- define "quartet.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "quartet.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "quartet.secret" -}}
{{- .Values.secrets.existingSecret | default (include "quartet.fullname" .) -}}
{{- end -}}

{{- /* The host name of a service of ours in the cluster. Takes (dict "root" $ "component" name). */ -}}
{{- define "quartet.host" -}}
{{- printf "%s-%s.%s.svc.%s" (include "quartet.fullname" .root) .component .root.Release.Namespace .root.Values.clusterDomain -}}
{{- end -}}
