<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Json;

/** Decodes JSON; a JsonException tells what is wrong. */
trait DecodeTrait
{
    protected static function toDecode(string $data, bool $associative = false, int $depth = 512, int $options = 79)
    {
        return json_decode($data, $associative, $depth, $options | JSON_THROW_ON_ERROR);
    }
}
