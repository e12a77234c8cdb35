<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** Holds one value: what was given, or what unserialize() has made. */
abstract class AbstractSerializer implements SerializerInterface
{
    protected $data = null;
    protected $isSuccess = true;

    public function __construct($data = null)
    {
        $this->setData($data);
    }

    public function __serialize(): array
    {
        return is_array($this->data) ? $this->data : [];
    }

    public function __unserialize(array $data): void
    {
        $this->data = $data;
    }

    public function getData(): mixed
    {
        return $this->data;
    }

    /** Whether the last unserialize(), or serialize(), could do it. */
    public function isSuccess(): bool
    {
        return $this->isSuccess;
    }

    public function setData($data): void
    {
        $this->data = $data;
    }

    /** Whether there is anything to do: null, booleans and numbers (texts of numbers too) are stored as they are. */
    protected function isSerializable($data): bool
    {
        return !($data === null || is_bool($data) || is_numeric($data));
    }
}
