<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Mvc;

use Error;
use Fiber;
use Phalcon\Mvc\Controller;
use Phalcon\Mvc\Dispatcher;
use RuntimeException;

/** Keeps in properties what its actions are told, as controllers do. */
final class VisitorController extends Controller
{
    /** @var list<string> */
    private array $notes = [];
    private Dispatcher $dispatcher;

    public function initialize(): void
    {
        $this->notes[] = 'initialized';
    }

    public function beforeExecuteRoute(Dispatcher $dispatcher): void
    {
        $this->dispatcher = $dispatcher;
    }

    public function greetAction(string $name): array
    {
        $this->notes[] = $name;

        return $this->notes;
    }

    public function awayAction(): array
    {
        $this->dispatcher->forward(['action' => 'greet', 'params' => ['forwarded']]);

        return ['never seen'];
    }

    public function twiceAction(): void
    {
        $this->notes[] = 'first';
        $this->dispatcher->forward(['action' => 'greet', 'params' => ['second']]);
    }

    public function nestedAction(): array
    {
        $this->notes[] = 'outer';
        $dispatcher = $this->dispatcher;
        $dispatcher->setActionName('greet');
        $dispatcher->setParams(['inner']);
        $dispatcher->dispatch();

        return ['inner', $dispatcher->getReturnedValue()];
    }

    public function failAction(): never
    {
        throw new RuntimeException('action');
    }

    public function errAction(): never
    {
        throw new Error('action');
    }

    public function circleAction(): void
    {
        $this->dispatcher->forward(['action' => 'circle']);
    }

    /** @return array{string, string, string} the same name, as it is known in three places */
    public function waitAction(string $name): array
    {
        $this->notes = [$name];
        Fiber::suspend();

        return [$this->notes[0], $this->dispatcher->getParam(0), $name];
    }

    public function numberAction(int $number): int
    {
        return $number;
    }
}
