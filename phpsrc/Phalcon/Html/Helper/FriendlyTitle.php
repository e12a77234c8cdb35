<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Exception;
use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Html\Exceptions\FriendlyTitleConversionFailed;
use Phalcon\Support\Helper\Str\Friendly;

/** Makes a title that a URL can hold. */
class FriendlyTitle extends AbstractHelper
{
    protected $friendly = null;

    public function __construct(EscaperInterface $escaper)
    {
        parent::__construct($escaper);
        $this->friendly = new Friendly();
    }

    public function __invoke(string $text, string $separator = '-', bool $lowercase = true, $replace = null): string
    {
        try {
            return ($this->friendly)($text, $separator, $lowercase, $replace);
        } catch (Exception $e) {
            throw new FriendlyTitleConversionFailed($e->getMessage());
        }
    }
}
