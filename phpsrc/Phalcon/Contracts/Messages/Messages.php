<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Messages;

use ArrayAccess;
use Countable;
use Iterator;
use Phalcon\Messages\MessageInterface;
use Traversable;

/** A list of messages, as validation gives it. */
interface Messages extends ArrayAccess, Countable, Iterator, Traversable
{
    public function appendMessage(MessageInterface $message): void;

    public function appendMessages($messages);

    public function filter(string $fieldName): array;
}
