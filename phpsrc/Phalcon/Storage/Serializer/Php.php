<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

use Phalcon\Storage\Serializer\Exceptions\InvalidUnserializationInput;
use Phalcon\Traits\Php\SerializeTrait;

/** As serialize() and unserialize() do, objects of any class included: whoever can write to the store can have them made. */
class Php extends AbstractSerializer
{
    use SerializeTrait;

    public function serialize(): mixed
    {
        return $this->isSerializable($this->data) ? static::phpSerialize($this->data) : $this->data;
    }

    public function unserialize($data): void
    {
        if (!$this->isSerializable($data)) {
            $this->data = $data;

            return;
        }
        if (!is_string($data)) {
            throw new InvalidUnserializationInput();
        }
        $warned = false;
        set_error_handler(static function () use (&$warned): bool {
            return $warned = true;
        }, E_NOTICE | E_WARNING);
        try {
            $result = static::phpUnserialize($data);
        } finally {
            restore_error_handler();
        }
        $this->isSuccess = !$warned && $result !== false;
        $this->data = $this->isSuccess ? $result : '';
    }
}
