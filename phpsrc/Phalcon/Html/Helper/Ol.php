<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Phalcon\Html\Escaper\EscaperInterface;

/** Makes an ordered list. */
class Ol extends AbstractList
{
    protected $forceRaw = false;

    public function __construct(EscaperInterface $escaper, ?Doctype $doctype = null, bool $forceRaw = false)
    {
        parent::__construct($escaper, $doctype);
        $this->forceRaw = $forceRaw;
    }

    public function add(string $text, array $attributes = [], bool $raw = false): static
    {
        $this->store[] = [
            'renderFullElement',
            [$this->elementTag, $text, $attributes, $raw || $this->forceRaw],
            $this->indent(),
        ];

        return $this;
    }

    protected function getTag(): string
    {
        return 'ol';
    }
}
