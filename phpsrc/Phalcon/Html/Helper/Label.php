<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Phalcon\Html\Escaper\EscaperInterface;

/** Makes a label. */
class Label extends AbstractHelper
{
    protected $forceRaw = false;

    public function __construct(EscaperInterface $escaper, ?Doctype $doctype = null, bool $forceRaw = false)
    {
        parent::__construct($escaper, $doctype);
        $this->forceRaw = $forceRaw;
    }

    public function __invoke(string $label, array $attributes = [], bool $raw = false): string
    {
        return $this->renderFullElement('label', $label, $attributes, $raw || $this->forceRaw);
    }
}
