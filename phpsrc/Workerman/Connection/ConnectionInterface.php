<?php

declare(strict_types=1);

namespace Workerman\Connection;

use AllowDynamicProperties;
use Phalanx\Development;
use Throwable;
use Workerman\Events\EventInterface;
use Workerman\Worker;

/** What every connection can do. Source: Workerman\Connection\ConnectionInterface 5.2.2. */
#[AllowDynamicProperties]
abstract class ConnectionInterface
{
    public const CONNECT_FAIL = 1;

    public const SEND_FAIL = 2;

    /**
     * Counters of this worker. total_request counts messages of protocols written in PHP and datagrams; the engine
     * counts the messages of all connections: Phalanx\Engine::stats().
     *
     * @var array{connection_count: int, total_request: int, throw_exception: int, send_fail: int}
     */
    public static array $statistics = [
        'connection_count' => 0,
        'total_request' => 0,
        'throw_exception' => 0,
        'send_fail' => 0,
    ];

    /** @var ?class-string the application protocol, null for plain bytes */
    public ?string $protocol = null;

    /** @var ?callable($connection, $data): mixed a whole message has arrived */
    public $onMessage = null;

    /** @var ?callable($connection): mixed the connection is gone */
    public $onClose = null;

    /** @var ?callable($connection, int $code, string $message): mixed */
    public $onError = null;

    public ?EventInterface $eventLoop = null;

    /** @var ?callable(Throwable): mixed gets what callbacks throw; without it the worker stops with status 250 */
    public $errorHandler = null;

    /**
     * @param mixed $sendBuffer what the protocol's encode() takes, or bytes when $raw is true
     * @return bool|null true: taken; null: waits behind earlier bytes; false: refused
     */
    abstract public function send(mixed $sendBuffer, bool $raw = false): bool|null;

    abstract public function getRemoteIp(): string;

    abstract public function getRemotePort(): int;

    abstract public function getRemoteAddress(): string;

    abstract public function getLocalIp(): string;

    abstract public function getLocalPort(): int;

    abstract public function getLocalAddress(): string;

    /** @param mixed $data sent first, as by send() */
    abstract public function close(mixed $data = null, bool $raw = false): void;

    abstract public function isIpV4(): bool;

    abstract public function isIpV6(): bool;

    /** Hands what a callback threw to $errorHandler; without one, or when that throws too, this worker stops with 250. */
    public function error(Throwable $exception): void
    {
        if ($this->errorHandler) {
            try {
                ($this->errorHandler)($exception);
                return;
            } catch (Throwable $exception) {
                // The handler's own failure ends the worker below.
            }
        }
        if (!Development::answers($this, $exception)) {
            Worker::stopAll(250, $exception);
        }
    }
}
