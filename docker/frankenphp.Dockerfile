# Adds Phalanx to FrankenPHP's official images, for those who run these: what they have keeps working (the frankenphp
# command, its entry point, /etc/frankenphp/Caddyfile, /app, /config, /data), and "phalanx" is there as well.
#
#   docker build -f docker/frankenphp.Dockerfile -t my-frankenphp .
#
# An image of your own that stands on an official one goes into FRANKENPHP. Both must be of the same PHP and the same
# Debian. docs/docker.md has the rest.

ARG FRANKENPHP_BUILDER=dunglas/frankenphp:1-builder-php8.4-trixie
ARG FRANKENPHP=dunglas/frankenphp:1-php8.4-trixie

# The builder image has Go, a C compiler, PHP's headers and library, and the libraries that FrankenPHP's options need.
FROM ${FRANKENPHP_BUILDER} AS builder
ARG GOPROXY
ARG GOSUMDB
WORKDIR /usr/local/src/phalanx
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Workerman's commands need pcntl, which the official images of PHP can build but do not have.
RUN mkdir -p /added && \
	if ! php -m | grep -qx pcntl; then \
		docker-php-ext-install pcntl && \
		cp --parents "$(php-config --extension-dir)/pcntl.so" "$PHP_INI_DIR/conf.d/docker-php-ext-pcntl.ini" /added; \
	fi
# The same options as FrankenPHP's own build: file watching is in, Caddy's databases are not. Brotli is in without the C
# library. Further modules of Caddy go into CADDY_MODULES; the one named is what the official binary has.
ARG CADDY_MODULES="github.com/dunglas/vulcain/caddy@v1.4.2"
RUN n=0 && \
	for module in $CADDY_MODULES; do \
		n=$((n + 1)) && \
		go get "$module" && \
		printf 'package main\n\nimport _ "%s"\n' "${module%@*}" >"bridge/cmd/phalanx/module$n.go" || exit 1; \
	done && \
	CGO_ENABLED=1 \
	CGO_CFLAGS="-O2 $(php-config --includes)" \
	CGO_LDFLAGS="-L$(php-config --prefix)/lib" \
	go build -buildvcs=false -trimpath -tags nobrotli,nobadger,nomysql,nopgx -o /added/usr/local/bin/frankenphp \
		-ldflags "-s -w \
			-X 'github.com/caddyserver/caddy/v2.CustomVersion=FrankenPHP $(go list -m -f '{{.Version}}' github.com/dunglas/frankenphp) with Phalanx, PHP $PHP_VERSION, Caddy' \
			-X 'github.com/caddyserver/caddy/v2.CustomBinaryName=frankenphp' \
			-X 'github.com/caddyserver/caddy/v2/modules/caddyhttp.ServerHeader=FrankenPHP Caddy'" \
		./bridge/cmd/phalanx

FROM ${FRANKENPHP} AS runtime
COPY --from=builder /added /
# As in the official image, users other than root may bind ports below 1024.
RUN setcap cap_net_bind_service=+ep /usr/local/bin/frankenphp && \
	ln -s frankenphp /usr/local/bin/phalanx && \
	frankenphp version && \
	phalanx -v
LABEL org.opencontainers.image.title="FrankenPHP with Phalanx" \
	org.opencontainers.image.source="https://github.com/phalanx-php/phalanx"
