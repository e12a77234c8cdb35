<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

use Phalcon\Traits\Php\IgbinaryTrait;

/** By the igbinary extension. */
class Igbinary extends AbstractSerializer
{
    use IgbinaryTrait;

    public function serialize(): mixed
    {
        if (!$this->isSerializable($this->data)) {
            return $this->data;
        }
        $result = $this->doSerialize($this->data);
        $this->isSuccess = $result !== null;

        return $result ?? '';
    }

    public function unserialize($data): void
    {
        if (!$this->isSerializable($data)) {
            $this->data = $data;

            return;
        }
        $warned = false;
        set_error_handler(static function () use (&$warned): bool {
            return $warned = true;
        }, E_WARNING);
        try {
            $result = $this->doUnserialize($data);
        } finally {
            restore_error_handler();
        }
        $this->isSuccess = !$warned && $result !== false;
        $this->data = $this->isSuccess ? $result : '';
    }

    protected function doSerialize($value): ?string
    {
        return static::phpIgbinarySerialize($value);
    }

    protected function doUnserialize($value)
    {
        return static::phpIgbinaryUnserialize($value);
    }
}
