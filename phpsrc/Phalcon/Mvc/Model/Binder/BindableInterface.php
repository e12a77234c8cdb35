<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Model\Binder;

/** A handler that says which models its parameters stand for: one class, or a class for each parameter. */
interface BindableInterface
{
    public function getModelName(): array|string;
}
