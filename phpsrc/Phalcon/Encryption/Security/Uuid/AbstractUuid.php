<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use DateTimeImmutable;
use Stringable;

/** What UUIDs have in common. */
abstract class AbstractUuid implements UuidInterface, Stringable
{
    public const MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    public const NIL = '00000000-0000-0000-0000-000000000000';
    public const TIME_OFFSET_INT = 122192928000000000;
    protected static $nodeProvider = null;
    protected $uid = '';

    public function __toString(): string
    {
        return $this->uid;
    }

    public function jsonSerialize(): string
    {
        return $this->uid;
    }

    /** The same for all UUIDs of the process: it tells the machine. */
    protected function getNodeProvider(): NodeProviderInterface
    {
        return self::$nodeProvider ??= new SysNodeProvider();
    }

    /** Of the tenths of microseconds since 1582-10-15. */
    protected function uuidTimestampToDateTime($timestamp): DateTimeImmutable
    {
        $seconds = intdiv($timestamp, 10000000) - 12219292800;
        $micros = intdiv($timestamp % 10000000, 10);

        return DateTimeImmutable::createFromFormat('U u', sprintf('%d %06d', $seconds, $micros));
    }

    protected function format(string $hex): string
    {
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split($hex, 4));
    }

    protected function namespaceToBytes(string $uuid): string
    {
        return hex2bin(str_replace('-', '', $uuid));
    }
}
