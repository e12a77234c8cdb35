<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Json;

use JsonException;
use Phalcon\Support\Helper\Json\Exceptions\JsonDecodeError;
use Phalcon\Traits\Support\Helper\Json\DecodeTrait;

/** Decodes JSON, by default with slashes and non-ASCII letters as they are. */
class Decode
{
    use DecodeTrait;


    public function __invoke(string $data, bool $associative = false, int $depth = 512, int $options = 79)
    {
        try {
            return self::toDecode($data, $associative, $depth, $options);
        } catch (JsonException $e) {
            throw new JsonDecodeError($e->getMessage(), $e->getCode(), $e);
        }
    }
}
