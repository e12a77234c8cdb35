<?php

declare(strict_types=1);

namespace Phalcon\Messages;

use Stringable;

/** One thing that is to be told to a user, such as a failed validation. */
interface MessageInterface extends Stringable
{
    public function __toString(): string;

    public function getCode(): int;

    public function getField(): string;

    public function getMessage(): string;

    public function getMetaData(): array;

    public function getType(): string;

    public function setCode(int $code): MessageInterface;

    public function setField(string $field): MessageInterface;

    public function setMessage(string $message): MessageInterface;

    public function setMetaData(array $metaData): MessageInterface;

    public function setType(string $type): MessageInterface;
}
