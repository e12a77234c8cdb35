<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

use Phalcon\Storage\Serializer\Exceptions\InvalidSerializationInput;
use Phalcon\Storage\Serializer\Exceptions\InvalidUnserializationInput;
use Phalcon\Traits\Php\Base64Trait;

/** Base64, of texts only. */
class Base64 extends AbstractSerializer
{
    use Base64Trait;

    public function serialize(): string
    {
        return is_string($this->data) ? static::phpBase64Encode($this->data) : throw new InvalidSerializationInput();
    }

    public function unserialize($data): void
    {
        if (!is_string($data)) {
            throw new InvalidUnserializationInput();
        }
        $result = static::phpBase64Decode($data, true);
        $this->isSuccess = $result !== false;
        $this->data = $this->isSuccess ? $result : '';
    }
}
