# Everything starts here. 'make run' and 'make test' set up all they need, PHP included.
SHELL := /bin/bash
.DEFAULT_GOAL := help

ADDRESS ?= 127.0.0.1:8080

# A bare Debian has no Go, or an old one: this is the one './go' uses.
with_go = PATH="$$(docker/go.sh):$$PATH"

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The go command decides what is out of date; asking it costs a second.
.PHONY: build
build: ## build/phalanx: FrankenPHP, Caddy, the engine and the extension in one binary
	@./go build -ldflags '-s -w' -o build/phalanx ./bridge/cmd/phalanx

.PHONY: run
run: build ## serve the demo on http://127.0.0.1:8080 (ADDRESS=... elsewhere)
	@PHALANX_DEMO_ADDRESS=$(ADDRESS) build/phalanx examples/demo/start.php start

.PHONY: test
test: build ## every test: Go, extension, PHP classes, end to end
	@$(with_go) .ci/run test

.PHONY: fuzz-c
fuzz-c: ## fuzz the C that reads foreign bytes, 10 minutes a target (FUZZ_SECONDS=...); wants clang; keep what it adds to the corpora
	@$(with_go) tests/sanitize/fuzz $${FUZZ_SECONDS:-600}

.PHONY: soak
soak: build ## an hour of mixed traffic (SOAK=10m for another time): nothing may grow
	@$(with_go) SOAK=$${SOAK:-1h} PHALANX=$(CURDIR)/build/phalanx ./go test -count=1 -v -timeout 25h -run '^TestSoak$$' ./tests/fault

.PHONY: bench
bench: build ## compare with the bare loop, net/http, FrankenPHP and Workerman
	@$(with_go) tests/bench/run

.PHONY: bench-short
bench-short: build ## the same in a minute: wrong answers fail, figures are rough
	@$(with_go) tests/bench/run -short

.PHONY: image-test
image-test: build ## build the images with buildah on a debootstrap Debian, and try them (root; the first run takes long)
	@$(with_go) tests/image/run

.PHONY: deb
deb: build ## build/phalanx_VERSION_ARCH.deb for this Debian release
	@docker/debian/build.sh

.PHONY: deb-test
deb-test: build ## the same in a temporary folder, unpacked and tried
	@folder=$$(mktemp -d); docker/debian/test.sh "$$(docker/debian/build.sh "$$folder")"; status=$$?; rm -rf "$$folder"; exit $$status

.PHONY: deb-install-test
deb-install-test: build ## the same installed in a Debian of its own, under a systemd that boots there; upgraded, purged (root; minutes)
	@$(with_go) tests/debian/run

.PHONY: composer-package
composer-package: build ## build/composer: Composer's package of the binary, as a folder and a zip
	@docker/dist.sh --composer

.PHONY: lint
lint: build ## format, vet, static analysis of Go, C and PHP
	@$(with_go) .ci/run lint

.PHONY: fmt
fmt: ## format the Go and C sources
	@$(with_go) gofmt -w bridge goengine tests
	@if command -v clang-format >/dev/null; then clang-format -i $$(git ls-files '*.c' '*.h' ':!*_arginfo.h' ':!tests/cppcheck.h'); fi

.PHONY: generate
generate: ## component_docs.go of all packages with components, after a change of their comments or parameters
	@./go run ./goengine/component/describe/gen ./goengine/... ./tests/component/...

.PHONY: dist
dist: ## a tarball of the binary and its PHP, in build/dist
	@docker/dist.sh

.PHONY: reproducible
reproducible: ## build the release's files twice, from clean clones in two folders, and compare them (takes two builds' time)
	@docker/reproducible.sh

.PHONY: sbom
sbom: ## what the binary is made of, as CycloneDX and SPDX, in build/sbom; checked
	@docker/dist.sh --sbom
	@cd docker/sbom && PATH="$$(../go.sh):$$PATH" CGO_ENABLED=0 GOFLAGS= PHALANX=$(CURDIR)/build/phalanx go test -count=1 .

.PHONY: vulncheck
vulncheck: ## known vulnerabilities in Go modules: wants https://vuln.go.dev or VULNDB=file:///FOLDER
	@docker/vulncheck.sh

.PHONY: composer-audit
composer-audit: ## known vulnerabilities in Composer packages: wants https://packagist.org
	@docker/composer-audit.sh

.PHONY: clean
clean: ## remove what was built (PHP stays in its cache folder)
	@rm -rf build vendor bridge/ext/stamp.h
