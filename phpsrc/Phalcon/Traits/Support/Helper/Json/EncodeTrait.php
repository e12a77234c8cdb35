<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Json;

/** Encodes JSON; a JsonException tells what is wrong. */
trait EncodeTrait
{
    protected static function toEncode($data, int $options = 79, int $depth = 512): string
    {
        return json_encode($data, $options | JSON_THROW_ON_ERROR, $depth);
    }
}
