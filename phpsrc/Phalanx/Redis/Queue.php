<?php

declare(strict_types=1);

namespace Phalanx\Redis;

use Phalanx\Redis\Exception\CommandException;

/**
 * Commands that wait to be sent together.
 *
 * @internal what Pipeline and Transaction have in common
 */
trait Queue
{
    use QueuedCommands;

    /** @var list<array<mixed>> */
    private array $commands = [];

    /** @var list<int> */
    private array $shapes = [];

    /** Any command: command('JSON.SET', 'k', '$', '{}'). Lists among the arguments are taken apart. */
    public function command(string $name, string|int|float|bool|array ...$arguments): static
    {
        return $this->queue([$name, $arguments], Client::RAW);
    }

    /** How many commands wait. */
    public function count(): int
    {
        return \count($this->commands);
    }

    /** Forgets the commands. */
    public function discard(): void
    {
        $this->commands = $this->shapes = [];
    }

    protected function queue(array $arguments, int $shape): static
    {
        $this->commands[] = $arguments;
        $this->shapes[] = $shape;

        return $this;
    }

    /**
     * @param array{values: list<mixed>, errors: array<int, array<string, string>>, done: bool} $results
     * @return list<mixed>
     * @throws CommandException
     */
    private static function results(array $results, bool $throw): array
    {
        foreach ($results['errors'] as $at => $error) {
            $exception = CommandException::fromReply($error, $at);
            if ($throw) {
                throw $exception;
            }
            $results['values'][$at] = $exception;
        }

        return $results['values'];
    }
}
