<?php

declare(strict_types=1);

namespace Phalanx\Phalcon;

use Closure;
use Phalcon\Di\Di;
use Phalcon\Di\DiInterface;
use Phalcon\Http\ResponseInterface;
use Phalcon\Mvc\Application;
use Phalcon\Mvc\Micro;

/**
 * One application and its container, for one message at a time.
 *
 * @internal of Server
 */
final class Instance
{
    private readonly ?DiInterface $container;

    /** @var array<string, true> */
    private array $kept;

    /** Takes from a container what its services were resolved to, except the kept ones. */
    private static ?Closure $forget = null;

    /** @param list<string> $kept names of the services whose objects go on to the next message */
    public function __construct(private readonly Micro|Application|Closure $application, array $kept)
    {
        $this->container = $application instanceof Closure ? Di::getDefault() : $application->getDI();
        $this->kept = \array_fill_keys($kept, true);
        self::$forget ??= Closure::bind(static function (Di $container, array $kept): void {
            foreach (\array_diff_key($container->sharedInstances, $kept) as $name => $instance) {
                unset($container->sharedInstances[$name]);
                ($container->services[$name] ?? null)?->setSharedInstance(null);
            }
        }, null, Di::class);
    }

    /** Serves the current message: its answer is in PHP's headers and output when this returns. */
    public function handle(string $uri): void
    {
        if ($this->container !== null) {
            Di::setDefault($this->container);
        }
        if ($this->application instanceof Closure) {
            $answer = ($this->application)($uri);
            if (\is_string($answer)) {
                echo $answer;
            }
        } else {
            $answer = $this->application->handle($uri);
        }
        if ($answer instanceof ResponseInterface && !$answer->isSent()) {
            $answer->send();
        }
    }

    /** What the message has left in the container goes. */
    public function reset(): void
    {
        if ($this->container instanceof Di) {
            (self::$forget)($this->container, $this->kept);
        }
    }
}
