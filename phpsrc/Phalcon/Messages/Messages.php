<?php

declare(strict_types=1);

namespace Phalcon\Messages;

use JsonSerializable;
use Phalcon\Contracts\Messages\Messages as MessagesContract;
use Phalcon\Messages\Exceptions\MessageNotObject;
use Phalcon\Messages\Exceptions\MessagesNotIterable;
use Traversable;

/** A list of messages that is gone through, counted and read by index. */
class Messages implements JsonSerializable, MessagesContract
{
    protected $position = 0;
    protected $messages = null;

    public function __construct(array $messages = [])
    {
        $this->messages = $messages;
    }

    public function appendMessage(MessageInterface $message): void
    {
        $this->messages[] = $message;
    }

    /** Appends an array or a Traversable of messages. */
    public function appendMessages($messages)
    {
        if (is_array($messages)) {
            $this->messages = array_merge($this->messages, $messages);

            return;
        }
        if (!$messages instanceof Traversable) {
            throw new MessagesNotIterable();
        }
        foreach ($messages as $message) {
            $this->appendMessage($message);
        }
    }

    public function count(): int
    {
        return count($this->messages);
    }

    public function current(): MessageInterface
    {
        return $this->messages[$this->position];
    }

    /** The messages about this field. */
    public function filter(string $fieldName): array
    {
        return array_values(array_filter(
            $this->messages,
            static fn ($message): bool => method_exists($message, 'getField') && $message->getField() === $fieldName,
        ));
    }

    public function jsonSerialize(): array
    {
        return array_map(
            static fn ($message) => is_object($message) && method_exists($message, 'jsonSerialize')
                ? $message->jsonSerialize()
                : $message,
            array_values($this->messages),
        );
    }

    public function key(): int
    {
        return $this->position;
    }

    public function next(): void
    {
        $this->position++;
    }

    public function offsetExists($index): bool
    {
        return isset($this->messages[$index]);
    }

    public function offsetGet($index): mixed
    {
        return $this->messages[$index] ?? null;
    }

    public function offsetSet($offset, $value): void
    {
        if (!$value instanceof MessageInterface) {
            throw new MessageNotObject();
        }
        if ($offset === null) {
            $this->messages[] = $value;
        } else {
            $this->messages[$offset] = $value;
        }
    }

    /** Takes the message out; those behind it move up. */
    public function offsetUnset($index): void
    {
        if (isset($this->messages[$index])) {
            array_splice($this->messages, $index, 1);
        }
    }

    public function rewind(): void
    {
        $this->position = 0;
    }

    public function valid(): bool
    {
        return isset($this->messages[$this->position]);
    }
}
