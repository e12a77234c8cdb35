<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Controller;

/** A controller that says which models its actions' parameters stand for. */
interface BindModelInterface
{
    public static function getModelName(): string;
}
