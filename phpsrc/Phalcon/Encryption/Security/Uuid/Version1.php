<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use DateTimeImmutable;
use DateTimeInterface;

/** A UUID of the time and the machine's address: RFC 9562, 5.1. */
class Version1 extends AbstractUuid implements TimeBasedUuidInterface
{
    public function __construct(?DateTimeInterface $dateTime = null, $node = null)
    {
        $timestamp = $dateTime === null ? Timestamp::now() : Timestamp::of($dateTime);
        $this->uid = sprintf(
            '%08x-%04x-1%03x-%s-%s',
            $timestamp & 0xffffffff,
            $timestamp >> 32 & 0xffff,
            $timestamp >> 48 & 0x0fff,
            Timestamp::clockSequence(),
            $node ?? $this->getNodeProvider()->getNode()
        );
    }

    public function getDateTime(): DateTimeImmutable
    {
        [$low, $mid, $high] = explode('-', $this->uid);

        return $this->uuidTimestampToDateTime((hexdec($high) & 0x0fff) << 48 | hexdec($mid) << 32 | hexdec($low));
    }

    public function getNode(): string
    {
        return substr($this->uid, 24);
    }
}
