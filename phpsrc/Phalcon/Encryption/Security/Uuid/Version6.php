<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use DateTimeImmutable;

/** A UUID of the time and the machine's address, in the order of time: RFC 9562, 5.6. */
class Version6 extends AbstractUuid implements TimeBasedUuidInterface
{
    public function __construct()
    {
        $timestamp = Timestamp::now();
        $this->uid = sprintf(
            '%08x-%04x-6%03x-%s-%s',
            $timestamp >> 28 & 0xffffffff,
            $timestamp >> 12 & 0xffff,
            $timestamp & 0x0fff,
            Timestamp::clockSequence(),
            $this->getNodeProvider()->getNode()
        );
    }

    public function getDateTime(): DateTimeImmutable
    {
        [$high, $mid, $low] = explode('-', $this->uid);

        return $this->uuidTimestampToDateTime(hexdec($high) << 28 | hexdec($mid) << 12 | hexdec($low) & 0x0fff);
    }

    public function getNode(): string
    {
        return substr($this->uid, 24);
    }
}
