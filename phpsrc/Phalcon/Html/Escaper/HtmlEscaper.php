<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

/** Escapes text between tags. */
class HtmlEscaper extends AbstractEscaper
{
    public function __invoke(?string $input = null): string
    {
        return $this->escape($input);
    }

    public function escape(?string $input = null): string
    {
        return $input === null ? '' : htmlspecialchars($input, $this->flags, $this->encoding, $this->doubleEncode);
    }
}
