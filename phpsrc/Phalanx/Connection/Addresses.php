<?php

declare(strict_types=1);

namespace Phalanx\Connection;

/**
 * The ends of a Workerman\Connection\TcpConnection.
 *
 * @internal
 */
trait Addresses
{
    public function getRemoteIp(): string
    {
        return Address::host($this->getRemoteAddress());
    }

    public function getRemotePort(): int
    {
        return Address::port($this->getRemoteAddress());
    }

    /** @return string 'ip:port', '[ip]:port' for IPv6; '' for a peer without a name (unix) */
    public function getRemoteAddress(): string
    {
        if ($this->remoteAddress === '' && $this->isLive()) {
            $this->remoteAddress = \phalanx_conn_address($this->engineHandle, true);
        }

        return $this->remoteAddress;
    }

    public function getLocalIp(): string
    {
        return Address::host($this->getLocalAddress());
    }

    public function getLocalPort(): int
    {
        return Address::port($this->getLocalAddress());
    }

    public function getLocalAddress(): string
    {
        return $this->isLive() ? \phalanx_conn_address($this->engineHandle, false) : '';
    }

    public function isIpV4(): bool
    {
        return $this->transport !== 'unix' && !\str_contains($this->getRemoteIp(), ':');
    }

    public function isIpV6(): bool
    {
        return $this->transport !== 'unix' && \str_contains($this->getRemoteIp(), ':');
    }
}
