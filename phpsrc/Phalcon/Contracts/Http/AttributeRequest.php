<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Http;

use Phalcon\Http\RequestInterface;
use Phalcon\Http\Request\Bag\AttributeBag;

/** A request that carries what the router took from its path. */
interface AttributeRequest extends RequestInterface
{
    public function getAttributes(): AttributeBag;
}
