<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

use Phalcon\Traits\Php\UrlTrait;

/** Escapes one part of a URL: RFC 3986, 2.1. */
class UrlEscaper extends AbstractEscaper
{
    use UrlTrait;


    public function __invoke(string $input): string
    {
        return $this->escape($input);
    }

    public function escape(string $input): string
    {
        return self::phpRawUrlEncode($input);
    }
}
