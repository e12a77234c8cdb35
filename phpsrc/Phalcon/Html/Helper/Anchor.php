<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Phalcon\Html\Escaper\EscaperInterface;

/** Makes an a element. The address is escaped; whether its scheme is a safe one is the application's to know. */
class Anchor extends AbstractHelper
{
    protected $forceRaw = false;

    public function __construct(EscaperInterface $escaper, ?Doctype $doctype = null, bool $forceRaw = false)
    {
        parent::__construct($escaper, $doctype);
        $this->forceRaw = $forceRaw;
    }

    public function __invoke(string $href, string $text, array $attributes = [], bool $raw = false): string
    {
        return $this->renderFullElement(
            'a',
            $text,
            $this->injectAttribute('href', $href, $attributes),
            $raw || $this->forceRaw
        );
    }
}
