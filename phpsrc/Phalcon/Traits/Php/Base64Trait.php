<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** Base64, and its form for URLs without padding (RFC 4648, 5). What cannot be decoded is an empty string. */
trait Base64Trait
{
    protected static function doDecodeUrl(string $input): string
    {
        return (string) base64_decode(strtr($input, '-_', '+/'));
    }

    protected static function doEncodeUrl(string $input): string
    {
        return rtrim(strtr(base64_encode($input), '+/', '-_'), '=');
    }

    protected static function phpBase64Decode(string $input, bool $strict = false): string|false
    {
        return base64_decode($input, $strict);
    }

    protected static function phpBase64Encode(string $input): string
    {
        return base64_encode($input);
    }
}
