<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Json;

use JsonException;
use Phalcon\Support\Helper\Json\Exceptions\JsonEncodeError;
use Phalcon\Traits\Support\Helper\Json\EncodeTrait;

/** Encodes as JSON that may stand in HTML. */
class Encode
{
    use EncodeTrait;


    public function __invoke($data, int $options = 79, int $depth = 512): string
    {
        try {
            return self::toEncode($data, $options, $depth);
        } catch (JsonException $e) {
            throw new JsonEncodeError($e->getMessage(), $e->getCode(), $e);
        }
    }
}
