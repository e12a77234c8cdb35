<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Phalcon\Html\Escaper\EscaperInterface;

/** Makes an element of any tag with a text. */
class Element extends AbstractHelper
{
    protected $forceRaw = false;

    public function __construct(EscaperInterface $escaper, ?Doctype $doctype = null, bool $forceRaw = false)
    {
        parent::__construct($escaper, $doctype);
        $this->forceRaw = $forceRaw;
    }

    public function __invoke(string $tag, string $text, array $attributes = [], bool $raw = false): string
    {
        return $this->renderFullElement($tag, $text, $attributes, $raw || $this->forceRaw);
    }
}
