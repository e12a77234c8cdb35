<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

/** Makes text harmless where a document shows it; each method is for one context. */
interface EscaperInterface
{
    public function attributes(string $input): string;

    public function css(string $input): string;

    public function getEncoding(): string;

    public function html(string $input): string;

    public function js(string $input): string;

    public function setEncoding(string $encoding): EscaperInterface;

    public function setFlags(int $flags): EscaperInterface;

    public function url(string $input): string;
}
