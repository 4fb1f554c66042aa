SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
# Most tests wait for processes: two workers take little more than half the time of one.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder
CODE := services tests deploy

# A lock per service; `local` is what `make run` needs. `dev` is everything, the others agree with it.
LOCKS := gateway text image docs video admin sandbox local
INPUT_gateway := pyproject.toml --extra gateway
INPUT_text := pyproject.toml --extra text
INPUT_image := pyproject.toml --extra image
INPUT_docs := pyproject.toml --extra docs
INPUT_video := pyproject.toml --extra video
INPUT_admin := pyproject.toml --extra admin
INPUT_sandbox := pyproject.toml --extra sandbox
INPUT_local := pyproject.toml --extra gateway --extra text --extra image --extra docs --extra video --extra admin --extra sandbox --extra local --group build
INPUT_dev := $(INPUT_local) --group dev

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
		while IFS=$$'\t' read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

## ---------------------------------------------------------------- run

.PHONY: run
run: $(VENV)/.run recogniser ## Install what is missing, start everything, print where to go; Ctrl-C stops it
	@exec $(BIN)/python -m services.local

## ---------------------------------------------------------------- test

.PHONY: test unit contract integration e2e
test: $(VENV)/.dev browser recogniser systemd ## Install, then run the unit, contract, integration and end-to-end tests
	$(PYTEST)

unit: $(VENV)/.dev systemd ## Test each module on its own
	$(PYTEST) tests/unit

contract: $(VENV)/.dev ## Test what the parts promise each other
	$(PYTEST) tests/contract

integration: $(VENV)/.dev recogniser ## Test each service against real neighbours
	$(PYTEST) tests/integration

e2e: $(VENV)/.dev browser recogniser ## Test the whole stack, as processes, through the sandbox and its chat page
	$(PYTEST) tests/e2e

.PHONY: load
load: $(VENV)/.dev ## Run a load scenario, SCENARIO=name, against a fresh stack; the last line is its figures as JSON
	@$(BIN)/python -m tests.load $(SCENARIO)

.PHONY: chaos
SEED ?= 1
JOBS ?= 200
UPGRADE ?=
chaos: $(VENV)/.dev ## Kill everything at random while JOBS=200 videos are made, by SEED=n; UPGRADE=1: replace all while 100 chats talk
	@$(if $(UPGRADE),$(BIN)/python -m tests.load rolling,$(BIN)/python -m tests.chaos --seed $(SEED) --jobs $(JOBS))

## ---------------------------------------------------------------- check

.PHONY: check fmt-check fmt lint types imports
check: fmt-check lint types imports proto-check proto-style ## Format, lint, types, import contracts, proto drift and style

fmt-check: $(VENV)/.dev ## Is the code formatted?
	$(BIN)/ruff format --check $(CODE)

fmt: $(VENV)/.dev ## Format the code, repair what the linter can
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

lint: $(VENV)/.dev ## Lint
	$(BIN)/ruff check $(CODE)

types: $(VENV)/.dev ## Check the types, strictly
	$(BIN)/mypy $(CODE)

imports: $(VENV)/.dev ## Check who may import whom (.importlinter)
	$(BIN)/lint-imports

## ---------------------------------------------------------------- contracts

.PHONY: proto proto-check proto-style
proto: $(VENV)/.dev ## Compile proto/quartet into proto/gen
	@rm -rf proto/gen/quartet
	@$(call compile-protos,proto/gen)

proto-check: $(VENV)/.dev ## Is proto/gen what proto/quartet compiles to?
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	$(call compile-protos,$$fresh); \
	diff -r --exclude=__pycache__ "$$fresh/quartet" proto/gen/quartet \
		|| { echo 'proto/gen differs from proto/quartet: run `make proto` and commit what it wrote.' >&2; exit 1; }

proto-style: $(VENV)/.dev ## Do the contracts keep the style of proto/README.md?
	$(BIN)/python -m pytest -q tests/contract/test_protos.py

PROTOC = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -I proto \
	-I "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

# Stubs of services only from *_service.proto: from the others they would be empty files.
define compile-protos
$(PROTOC) --python_out=$(1) --mypy_out=quiet:$(1) $$(find proto/quartet -name '*.proto' | sort) && \
$(PROTOC) --grpc_python_out=$(1) --mypy_grpc_out=quiet:$(1) $$(find proto/quartet -name '*_service.proto' | sort)
endef

## ---------------------------------------------------------------- deployment

# The base that can be made where no registry is reached; IMAGE_BASE= (empty) takes the Dockerfile's own.
IMAGES := gateway text image docs video admin
IMAGE_BASE ?= localhost/quartet-base:bookworm
IMAGE_TAG ?=

.PHONY: image-tools images images-test
image-tools:
	@deploy/images/tools.sh
	@test -z "$(IMAGE_BASE)" || deploy/images/base.sh

images: image-tools ## Build the image of every service with podman; IMAGE_TAG=1.2.3, IMAGE_BASE= for the official Python
	@TAG='$(IMAGE_TAG)' BASE='$(IMAGE_BASE)' deploy/images/build.sh $(IMAGES)

images-test: $(VENV)/.dev image-tools ## Build the images, start each as it runs in production, and run them under Compose
	@TAG=test BASE='$(IMAGE_BASE)' deploy/images/build.sh $(IMAGES) sandbox
	$(BIN)/python -m pytest -n 0 -q -rP --timeout 600 tests/images

.PHONY: chart
chart: $(VENV)/.dev ## Write anew what follows from the chart's values: its schema, its table, its golden renders
	$(BIN)/python deploy/helm/generate.py

## ---------------------------------------------------------------- supply chain

# What the images ship; tools are not shipped, so their licences do not matter here.
SHIPPED := gateway text image docs video admin
PERMITTED := MIT;MIT-0;MIT-CMU;BSD;ISC;Apache;Python Software Foundation;PSF;MPL-2.0;Mozilla Public License;0BSD;Zlib;CNRI-Python
# Read by hand: pyromark is MIT, its package says so in a file only.
UNSAID := pyromark quartet

.PHONY: audit licences sbom
audit: $(VENV)/.dev ## Is a known vulnerability in what is shipped?
	@for name in $(SHIPPED); do echo "$$name:"; \
		$(BIN)/pip-audit --disable-pip --require-hashes --strict -r requirements/$$name.txt; done

licences: $(VENV)/.dev ## Does everything that is shipped have a licence we may use?
	@$(BIN)/pip-licenses --from=mixed --partial-match --allow-only="$(PERMITTED)" --ignore-packages $(UNSAID) \
		--packages $$(sed -nE 's/^([A-Za-z0-9._-]+)==.*/\1/p' $(SHIPPED:%=requirements/%.txt) | sort -u) > /dev/null
	@echo 'All are permitted.'

sbom: $(VENV)/.dev ## Write a bill of materials (CycloneDX) of each service into build/sbom
	@mkdir -p build/sbom
	@for name in $(SHIPPED); do \
		$(BIN)/cyclonedx-py requirements requirements/$$name.txt --pyproject pyproject.toml --mc-type application \
			--output-reproducible --of JSON -o build/sbom/$$name.cdx.json; done
	@ls -l build/sbom

# A real Kubernetes without nodes, made with Go: etcd, the API server and its controllers, and helm.
KUBE := .local/kube
KUBE_VERSION := $(shell sed -n 's|.*k8s.io/kubernetes v\([0-9.]*\).*|\1|p' tests/kube/go.mod)
KUBE_STAMP := -X k8s.io/component-base/version.gitVersion=v$(KUBE_VERSION)
HELM_VERSION := v3.19.0

.PHONY: kube-test
kube-test: $(VENV)/.dev $(KUBE)/.built ## Test chart and workloads against a real Kubernetes; needs Go, builds for minutes at first
	$(BIN)/python -m pytest -n 0 -q tests/kube

$(KUBE)/.built: tests/kube/go.mod tests/kube/go.sum
	@command -v go >/dev/null || { echo 'kube-test needs Go 1.26 or newer: https://go.dev/dl' >&2; exit 1; }
	@mkdir -p $(KUBE)
	cd tests/kube && GOFLAGS=-mod=mod go build -o ../../$(KUBE)/etcd go.etcd.io/etcd/server/v3
	cd tests/kube && GOFLAGS=-mod=mod go build -o ../../$(KUBE)/ -ldflags '-s -w $(KUBE_STAMP)' \
		k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager
	GOBIN=$(CURDIR)/$(KUBE) go install -ldflags '-s -w' helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)
	@touch $@

## ---------------------------------------------------------------- install

.PHONY: install lock clean
install: $(VENV)/.dev ## Install everything into .venv, tools included

lock: $(VENV)/.uv ## Write requirements/ anew from pyproject.toml; UPGRADE=--upgrade takes newer versions
	@$(call compile-lock,uv,--group install)
	@$(call compile-lock,dev,$(INPUT_dev))
	@$(foreach name,$(LOCKS),$(call compile-lock,$(name),$(INPUT_$(name)) --constraints requirements/dev.txt) && ) true

clean: ## Remove .venv, .local and every cache
	rm -rf $(VENV) .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find services tests proto -name __pycache__ -type d -prune -exec rm -rf {} +

define compile-lock
$(UV) pip compile $(2) --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' --quiet $(UPGRADE) --output-file requirements/$(1).txt
endef

# An install that `make test` has made serves `make run` too, so a stale one is renewed as what it was.
$(VENV)/.run: pyproject.toml requirements/local.txt $(VENV)/.uv
	@$(call sync,$(if $(wildcard $(VENV)/.dev),dev,local))
	@touch $@

$(VENV)/.dev: pyproject.toml requirements/dev.txt $(VENV)/.uv
	@$(call sync,dev)
	@touch $@ $(VENV)/.run

# `sync` also removes what the lock does not name; the project itself is linked without building anything unpinned.
define sync
echo 'Installing requirements/$(1).txt into $(VENV)' && \
$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/$(1).txt && \
$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
endef

$(VENV)/.uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'Quartet needs Python 3.11 or newer; PYTHON=/path/to/python3 names another one.' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo 'Python cannot make virtual environments here. On Debian: apt install python3-venv' >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# The page is tested in Debian's browser; its driver needs libatomic, and emoji need a font.
DEBIAN_PACKAGES := chromium libatomic1 fonts-dejavu-core fonts-noto-color-emoji

.PHONY: browser
browser: $(VENV)/.dev
	@{ command -v chromium && $(BIN)/playwright --version; } >/dev/null 2>&1 || { \
		echo 'Installing from Debian: $(DEBIAN_PACKAGES)'; \
		sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo) || { \
			echo 'The end-to-end tests need them. As root: apt install $(DEBIAN_PACKAGES)' >&2; exit 1; }; \
		$$sudo apt-get update -qq; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DEBIAN_PACKAGES); }

# The units are tested with systemd's own tool; it need not run here.
.PHONY: systemd
systemd:
	@command -v systemd-analyze >/dev/null || { \
		sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo) || { \
			echo 'The units cannot be tested here. As root: apt install systemd' >&2; exit 1; }; \
		echo 'Installing from Debian: systemd'; \
		$$sudo apt-get update -qq; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd; }

# What scans are read with: the engine comes from PyPI, its languages from Debian.
OCR_PACKAGES := tesseract-ocr-eng tesseract-ocr-rus tesseract-ocr-osd

.PHONY: recogniser
recogniser:
	@ls /usr/share/tesseract-ocr/*/tessdata/{rus,eng,osd}.traineddata >/dev/null 2>&1 || { \
		sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo) || { \
			echo 'Scans cannot be read here. As root: apt install $(OCR_PACKAGES)' >&2; exit 0; }; \
		echo 'Installing from Debian: $(OCR_PACKAGES)'; \
		$$sudo apt-get update -qq; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(OCR_PACKAGES); }
