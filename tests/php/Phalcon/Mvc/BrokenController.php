<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Mvc;

use Error;
use Phalcon\Mvc\Controller;

final class BrokenController extends Controller
{
    public function initialize(): never
    {
        throw new Error('initialize');
    }

    public function indexAction(): void
    {
    }
}
