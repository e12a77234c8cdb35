<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Html\Helper\Doctype;

/** Makes an input element of any type. */
class Generic extends AbstractInput
{
    public function __construct(EscaperInterface $escaper, ?Doctype $doctype = null, string $type = 'text')
    {
        parent::__construct($escaper, $doctype);
        $this->type = $type;
    }

    public function setType(string $type): AbstractInput
    {
        $this->type = $type;

        return $this;
    }
}
