<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Mvc;

use Phalcon\Http\Response;
use Phalcon\Mvc\Controller;
use RuntimeException;

final class PageController extends Controller
{
    public function showAction(): void
    {
    }

    public function textAction(): string
    {
        return 'text';
    }

    public function responseAction(): Response
    {
        return new Response('a response');
    }

    public function refuseAction(): false
    {
        $this->getDI()->getShared('response')->setContent('refused');

        return false;
    }

    public function greetAction(string $name): string
    {
        return "hello, $name";
    }

    public function failAction(): never
    {
        throw new RuntimeException('fail');
    }
}
