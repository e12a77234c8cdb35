<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** PHP's URL functions, each behind a method that a subclass can replace. */
trait UrlTrait
{
    protected static function phpParseUrl(string $url, int $component = -1)
    {
        return parse_url($url, $component);
    }

    protected static function phpRawUrlDecode(string $input): string
    {
        return rawurldecode($input);
    }

    protected static function phpRawUrlEncode(string $input): string
    {
        return rawurlencode($input);
    }
}
