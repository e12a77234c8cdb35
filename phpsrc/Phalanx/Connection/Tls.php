<?php

declare(strict_types=1);

namespace Phalanx\Connection;

/**
 * TLS of a Workerman\Connection\TcpConnection: the engine speaks it.
 *
 * @internal
 */
trait Tls
{
    /**
     * What TLS this connection speaks; null without, and before the handshake is complete. Not Workerman's. The peer's
     * certificates are in PEM form, its own first: openssl_x509_parse() reads them.
     *
     * @return array{protocol: string, cipher: string, alpn: string, server_name: string, resumed: bool,
     *     peer_certificates: list<string>}|null
     */
    public function tlsInfo(): ?array
    {
        return $this->isLive() ? \phalanx_conn_tls_info($this->engineHandle) : null;
    }

    /**
     * Upstream's TLS handshake; the engine does it.
     *
     * @param resource $socket
     * @return bool|int true: it is complete; 0: it is under way, or TLS is not spoken
     */
    public function doSslHandshake($socket): bool|int
    {
        return $this->sslHandshakeCompleted ?: 0;
    }

    /** Serves TLS from now on, with the worker's certificate. */
    protected function startTls(): void
    {
        $this->sslHandshakeCompleted = 0;
        \phalanx_conn_tls($this->engineHandle, $this->worker?->sslOptions() ?? [], true);
    }
}
