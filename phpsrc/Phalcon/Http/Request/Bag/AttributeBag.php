<?php

declare(strict_types=1);

namespace Phalcon\Http\Request\Bag;

/** What the application keeps with a request. */
class AttributeBag extends AbstractBag
{
}
