<?php

declare(strict_types=1);

namespace Phalanx\Connection;

use Phalanx\Worker\EngineProtocol;
use Throwable;
use Workerman\Protocols\Ws;
use Workerman\Worker;

/**
 * What the engine tells a Workerman\Connection\AsyncTcpConnection besides what it tells every connection.
 *
 * @internal
 */
trait Connecting
{
    /** @return array<string, mixed> for phalanx_connect() */
    private function engineOptions(): array
    {
        $options = [
            'network' => 'tcp',
            'address' => $this->remoteAddress,
            'protocol' => EngineProtocol::nameOf($this->protocol),
            'maxSendBufferSize' => $this->maxSendBufferSize,
            'maxPackageSize' => $this->maxPackageSize,
            'timeout' => (float)($this->socketContext['socket']['connect_timeout'] ?? 0),
            'bind' => (string)($this->socketContext['socket']['bindto'] ?? ''),
        ];
        if ($this->transport === 'unix') {
            return ['network' => 'unix'] + $options;
        }
        if (!$this->remotePort) {
            $this->remotePort = $this->speaksTls() ? 443 : 80;
            $this->remoteAddress = "$this->remoteHost:$this->remotePort";
        }
        $options['address'] = "$this->remoteHost:$this->remotePort";
        if ($this->proxySocks5) {
            return [
                'address' => $this->proxySocks5,
                'proxy' => 'socks5',
                'user' => $this->proxySocks5Username,
                'password' => $this->proxySocks5Password,
            ] + $options + ['host' => $this->remoteHost, 'port' => $this->remotePort];
        }
        if ($this->proxyHttp) {
            return [
                'address' => $this->proxyHttp,
                'proxy' => 'http',
                'authorization' => $this->proxyAuthorization,
            ] + $options + ['host' => $this->remoteHost, 'port' => $this->remotePort];
        }

        return $options;
    }

    /** The other names of the transport, which upstream does not encrypt, mean the same here. */
    private function speaksTls(): bool
    {
        return \in_array($this->transport, ['ssl', 'tls', 'sslv2', 'sslv3'], true);
    }

    /** Speaks TLS as the client from now on. What is sent waits for the handshake. */
    protected function startTls(): void
    {
        $this->sslHandshakeCompleted = 0;
        $options = $this->socketContext['ssl'] ?? [];
        $options['peer_name'] ??= \trim($this->remoteHost, '[]');
        try {
            \phalanx_conn_tls($this->engineHandle, $options);
        } catch (Throwable $e) { // options or files that cannot be used
            $this->onEngineSecure(false, $e->getMessage());
        }
    }

    /**
     * The connection is there.
     *
     * @internal
     */
    public function onEngineConnected(int $handle): void
    {
        if ($handle !== $this->engineHandle || $this->status !== self::STATUS_CONNECTING) {
            return;
        }
        $this->status = self::STATUS_ESTABLISHED;
        $this->encoder = self::encoderOf($this->protocol);
        $this->remoteAddress = \phalanx_conn_address($handle, true) ?: $this->remoteAddress;
        if (($this->context->handshakeStep ?? 0) === 1) {
            $this->expectAnswer($this->context->websocketSecKey); // it is among what waits
        }
        if ($this->speaksTls()) {
            $this->startTls();
            if ($this->status !== self::STATUS_ESTABLISHED) {
                return;
            }
        }
        $waiting = $this->sendBuffer;
        $this->sendBuffer = '';
        $written = $waiting !== '' && \phalanx_conn_send($handle, $waiting, true);
        $this->fire($this->onConnect);
        if ($this->protocol !== null && \is_callable([$this->protocol, 'onConnect'])) {
            try {
                $this->protocol::onConnect($this);
            } catch (Throwable $e) {
                $this->error($e);
            }
        }
        if ($written && $this->status === self::STATUS_ESTABLISHED) {
            $this->onEngineDrain();
        }
    }

    /**
     * It does not come about.
     *
     * @internal
     * @param bool $said the text comes from the resolver or a proxy, not from the kernel
     */
    public function onEngineConnectFailed(int $handle, int $code, string $text, bool $said): void
    {
        if ($handle !== $this->engineHandle || $this->status !== self::STATUS_CONNECTING) {
            return;
        }
        $this->engineHandle = 0;
        $seconds = \round(\microtime(true) - $this->connectStartTime, 4);
        $this->failed($said ? $text : "connect $this->remoteAddress fail after $seconds seconds ($text)");
    }

    /** Tells of a connection that does not come about, and closes this object unless onError connects again. */
    private function failed(string $text): void
    {
        $this->emitError(self::CONNECT_FAIL, $text);
        if ($this->status === self::STATUS_CLOSING) {
            $this->destroy();
        }
        if ($this->status === self::STATUS_CLOSED) {
            $this->onConnect = null;
        }
    }

    /**
     * Says that a WebSocket handshake with this key has been sent. Nothing where the protocol class is not the
     * engine's. An offer of permessage-deflate among the headers is one that the engine keeps.
     *
     * @internal
     */
    public function expectAnswer(string $key): void
    {
        if ($this->encoder === self::ENCODE_WEBSOCKET_LATER) {
            $offers = [];
            foreach ($this->headers as $name => $value) {
                if (\is_string($value) && \strcasecmp((string)$name, 'Sec-WebSocket-Extensions') === 0) {
                    $offers[] = $value;
                }
            }
            \phalanx_conn_ws_expect($this->engineHandle, $key, \implode(',', $offers));
        }
    }

    /**
     * The server's answer to the WebSocket handshake.
     *
     * @internal
     * @param string $reason why it is refused, '' when it is not
     */
    public function onEngineAnswer(string $head, string $reason): void
    {
        if ($reason !== '') {
            Worker::safeEcho("$reason. Header:\n" . \substr($head, 0, -4) . "\n");
            $this->close();
            return;
        }
        if (!\phalanx_conn_ws_accept($this->engineHandle, [])) {
            return;
        }
        $this->encoder = self::websocketEncoder($this->websocketType ??= Ws::BINARY_TYPE_BLOB);
        Ws::opened($this, $head);
        if ($this->status !== self::STATUS_ESTABLISHED) {
            return;
        }
        $waiting = $this->context->tmpWebsocketData ?? '';
        if ($waiting !== '') { // sent before the connection was there
            $this->context->tmpWebsocketData = '';
            $this->send($waiting, true);
        }
        $this->sendKeptFrames();
    }

    /**
     * As TcpConnection's, but the callback for a close frame gets its payload.
     *
     * @internal
     */
    public function onEngineControl(int $opcode, string $data): void
    {
        if ($opcode === 8) {
            $this->fireInFiber($this->onWebSocketClose ?? null, $data);
            return;
        }
        parent::onEngineControl($opcode, $data);
    }
}
