<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Events;

use Closure;
use Phalcon\Contracts\Events\Enumerable;
use Phalcon\Contracts\Events\Stoppable;
use Phalcon\Contracts\Events\Subscriber;
use Phalcon\Events\Exceptions\InvalidEventHandler;
use Phalcon\Events\Exceptions\InvalidEventType;
use Phalcon\Events\Exceptions\InvalidSubscriberConfiguration;
use Phalcon\Events\Exceptions\NoListenersForEvent;

/**
 * Keeps listeners and tells them about events.
 *
 * An event is named "component:event". Those who listen to "component" hear of it through a method named as the event,
 * before those who listen to "component:event".
 */
class Manager implements Enumerable, ManagerInterface
{
    /** How an entry of a queue is called; its second element. */
    private const CLOSURE = 0;
    private const METHOD = 1;
    private const LISTENER = 2;
    private const CALLABLE = 3;

    protected $collect = false;
    protected $enablePriorities = false;
    protected $fireDepth = 0;
    protected $halted = false;
    protected $stopOnFalse = false;
    protected $strict = false;
    protected $eventNameCache = [];
    protected $methodExistsCache = [];
    protected $methodExistsCacheLimit = 0;
    protected $subscriberEventsCache = [];
    protected $events = [];
    protected $responses = [];
    protected $subscribers = [];

    /** Attaches all that the subscriber says it listens to. */
    public function addSubscriber(Subscriber $subscriber): void
    {
        $this->subscribers[spl_object_id($subscriber)] = $subscriber;
        foreach ($this->listenersOf($subscriber) as [$event, $method, $priority]) {
            $this->insert($event, [[$subscriber, $method], self::METHOD, $priority]);
        }
    }

    /** A listener is a callable, or an object with methods named as the events of its component. */
    final public function attach(string $eventType, $handler, int $priority = 100): void
    {
        $entry = match (true) {
            $handler instanceof Closure => [$handler, self::CLOSURE, $priority],
            is_array($handler) && is_object($handler[0] ?? null) && is_string($handler[1] ?? null)
                => [$handler, self::METHOD, $priority],
            is_callable($handler) => [$handler, self::CALLABLE, $priority],
            is_object($handler) => [$handler, self::LISTENER, $priority, $handler::class],
            default => throw new InvalidEventHandler(),
        };
        $this->insert($eventType, $entry);
    }

    public function arePrioritiesEnabled(): bool
    {
        return $this->enablePriorities;
    }

    public function clearSubscribers(): void
    {
        array_map($this->removeSubscriber(...), $this->subscribers);
    }

    /** Whether fire() keeps what all listeners answer for getResponses(). */
    public function collectResponses(bool $collect): void
    {
        $this->collect = $collect;
    }

    public function detach(string $eventType, $handler): void
    {
        if (!$this->isValidHandler($handler)) {
            throw new InvalidEventHandler();
        }
        if (!isset($this->events[$eventType])) {
            return;
        }
        $queue = array_filter($this->events[$eventType], static fn (array $entry): bool => $entry[0] !== $handler);
        if ($queue === []) {
            unset($this->events[$eventType]);
        } else {
            $this->events[$eventType] = array_values($queue);
        }
    }

    /** Detaches the listeners of this name, or all. */
    public function detachAll(?string $type = null): void
    {
        if ($type === null) {
            $this->events = [];
        } else {
            unset($this->events[$type]);
        }
    }

    /** Tells of an object of any class: listeners of this name ("a:b", [a, b]), else those of its class, get it alone. */
    public function dispatch($event, $name = null, $source = null)
    {
        $method = null;
        if (is_array($name)) {
            $method = $name[1] ?? null;
            $name = implode(':', $name);
        } elseif (is_string($name)) {
            $colon = strpos($name, ':');
            $method = $colon === false ? null : substr($name, $colon + 1);
        } else {
            $name = null;
        }
        $queue = ($name === null ? null : $this->events[$name] ?? null) ?? $this->events[$event::class] ?? null;

        return $queue === null ? null : $this->runObjectQueue($queue, $event, $method);
    }

    /** Whether listeners attached from now on are ordered by their priority, the highest first. */
    public function enablePriorities(bool $enablePriorities): void
    {
        $this->enablePriorities = $enablePriorities;
    }

    /** Tells the listeners and answers what the last of them said that said anything. */
    public function fire(string $eventType, $source, $data = null, bool $cancelable = true)
    {
        if ($this->halted || $this->beforeFire($eventType, $source, $data, $cancelable) === false) {
            return null;
        }
        $queues = $this->queuesOf($eventType);
        if ($queues === []) {
            return null;
        }
        $outer = $this->responses;
        if ($this->collect) {
            $this->responses = [];
        }
        $depth = $this->fireDepth++;
        try {
            $event = new Event($this->eventNameCache[$eventType], $source, $data, $cancelable);
            $status = $this->runQueues($queues, $event);
        } catch (\Throwable $e) {
            // A fire() within a fire() leaves the outer one's answers alone.
            if ($depth > 0) {
                $this->responses = $outer;
            }
            throw $e;
        } finally {
            $this->fireDepth = $depth;
        }
        if ($depth > 0) {
            $this->responses = $outer;
        }

        return $this->afterFire($status, $eventType, $source, $data, $cancelable);
    }

    /** Tells the listeners and answers what each of them said. */
    public function fireAll(string $eventType, $source, $data = null, bool $cancelable = true): array
    {
        $queues = $this->halted ? [] : $this->queuesOf($eventType);
        if ($queues === []) {
            return [];
        }
        [$outer, $this->responses] = [$this->responses, []];
        [$collect, $this->collect] = [$this->collect, true];
        $this->fireDepth++;
        try {
            $this->runQueues($queues, new Event($this->eventNameCache[$eventType], $source, $data, $cancelable));

            return $this->responses;
        } finally {
            $this->fireDepth--;
            $this->responses = $outer;
            $this->collect = $collect;
        }
    }

    /** Tells the listeners of a queue as this class keeps it, and answers as fire() does. */
    final public function fireQueue(array $queue, EventInterface $event)
    {
        return $this->halted ? null : $this->runQueue($queue, $event);
    }

    /** From now on nobody is told anything. */
    public function halt(): void
    {
        $this->halted = true;
    }

    public function getListenerMap(): array
    {
        $map = [];
        foreach (array_keys($this->events) as $type) {
            $map[$type] = $this->getListeners($type);
        }

        return $map;
    }

    public function getListeners(string $type): array
    {
        return array_column($this->events[$type] ?? [], 0);
    }

    /** How many classes of listeners the manager remembers methods of; 0: all. */
    public function getMethodExistsCacheLimit(): int
    {
        return $this->methodExistsCacheLimit;
    }

    /** What the listeners of the last fire() said, if that was to be kept. */
    public function getResponses(): array
    {
        return $this->responses;
    }

    public function getSubscribers(): array
    {
        return array_values($this->subscribers);
    }

    public function hasListeners(string $type): bool
    {
        return isset($this->events[$type]);
    }

    public function isCollecting(): bool
    {
        return $this->collect;
    }

    public function isHalted(): bool
    {
        return $this->halted;
    }

    public function isStopOnFalse(): bool
    {
        return $this->stopOnFalse;
    }

    public function isStrict(): bool
    {
        return $this->strict;
    }

    public function isValidHandler($handler): bool
    {
        return is_object($handler) || is_callable($handler);
    }

    /** Detaches all that was attached for it. */
    public function removeSubscriber(Subscriber $subscriber): void
    {
        $id = spl_object_id($subscriber);
        if (!isset($this->subscribers[$id])) {
            return;
        }
        unset($this->subscribers[$id]);
        foreach ($this->listenersOf($subscriber) as [$event, $method]) {
            $this->detach($event, [$subscriber, $method]);
        }
    }

    public function resume(): void
    {
        $this->halted = false;
    }

    public function setMethodExistsCacheLimit(int $methodExistsCacheLimit): void
    {
        $this->methodExistsCacheLimit = $methodExistsCacheLimit;
    }

    /** Whether a listener that answers false to a cancelable event ends it, and false is what fire() answers. */
    public function setStopOnFalse(bool $flag): void
    {
        $this->stopOnFalse = $flag;
    }

    /** Whether firing what nobody listens to is an exception. */
    public function setStrict(bool $strict): void
    {
        $this->strict = $strict;
    }

    /** For subclasses: what fire() is to answer. */
    protected function afterFire($status, string $eventType, $source, $data = null, bool $cancelable = true)
    {
        return $status;
    }

    /** For subclasses: false keeps the event from all listeners. */
    protected function beforeFire(string $eventType, $source, $data = null, bool $cancelable = true): bool
    {
        return true;
    }

    /**
     * Those who listen to the component, and those who listen to the event; remembers the event's own name.
     *
     * @return list<list<array{mixed, int, int, 3?: class-string}>>
     */
    private function queuesOf(string $eventType): array
    {
        if ($this->events === []) {
            return $this->strict ? throw new NoListenersForEvent($eventType) : [];
        }
        if (!isset($this->eventNameCache[$eventType])) {
            $colon = strpos($eventType, ':');
            if ($colon === false) {
                throw new InvalidEventType($eventType);
            }
            $this->eventNameCache[$eventType] = substr($eventType, $colon + 1);
        }
        $component = substr($eventType, 0, -strlen($this->eventNameCache[$eventType]) - 1);
        $queues = [];
        if (isset($this->events[$component])) {
            $queues[] = $this->events[$component];
        }
        if (isset($this->events[$eventType])) {
            $queues[] = $this->events[$eventType];
        }
        if ($queues === [] && $this->strict) {
            throw new NoListenersForEvent($eventType);
        }

        return $queues;
    }

    /** @param list<list<array{mixed, int, int, 3?: class-string}>> $queues */
    private function runQueues(array $queues, Event $event): mixed
    {
        $status = $this->runQueue($queues[0], $event);
        if (
            !isset($queues[1])
            || ($event->isCancelable() && ($event->isStopped() || ($this->stopOnFalse && $status === false)))
        ) {
            return $status;
        }

        return $this->runQueue($queues[1], $event);
    }

    /** @param list<array{mixed, int, int, 3?: class-string}> $queue */
    private function runQueue(array $queue, EventInterface $event): mixed
    {
        $name = $event->getType();
        $source = $event->getSource();
        $data = $event->getData();
        $cancelable = $event->isCancelable();
        $status = null;
        foreach ($queue as $entry) {
            $handler = $entry[0];
            if ($entry[1] !== self::LISTENER) {
                $answer = $handler($event, $source, $data);
            } elseif ($this->methodExistsCache[$entry[3]][$name] ?? $this->hasMethod($handler, $name)) {
                $answer = $handler->$name($event, $source, $data);
            } else {
                continue;
            }
            if ($this->collect) {
                $this->responses[] = $answer;
            }
            if ($cancelable) {
                if ($answer === false && $this->stopOnFalse) {
                    return false;
                }
                if ($event->isStopped()) {
                    return $answer;
                }
            }
            $status = $answer ?? $status;
        }

        return $status;
    }

    /** @param list<array{mixed, int, int, 3?: class-string}> $queue */
    private function runObjectQueue(array $queue, object $event, ?string $method): mixed
    {
        $status = null;
        foreach ($queue as $entry) {
            $handler = $entry[0];
            if ($entry[1] !== self::LISTENER) {
                $status = $handler($event);
            } elseif ($method !== null && method_exists($handler, $method)) {
                $status = $handler->$method($event);
            } else {
                continue;
            }
            if ($this->collect) {
                $this->responses[] = $status;
            }
            if ($event instanceof Stoppable && $event->isPropagationStopped()) {
                break;
            }
        }

        return $status;
    }

    private function hasMethod(object $handler, string $name): bool
    {
        $class = $handler::class;
        if (
            $this->methodExistsCacheLimit > 0
            && !isset($this->methodExistsCache[$class])
            && count($this->methodExistsCache) >= $this->methodExistsCacheLimit
        ) {
            $this->methodExistsCache = [];
        }

        return $this->methodExistsCache[$class][$name] = method_exists($handler, $name);
    }

    /** @param array{mixed, int, int, 3?: class-string} $entry */
    private function insert(string $eventType, array $entry): void
    {
        $queue = $this->events[$eventType] ?? [];
        $at = count($queue);
        if ($this->enablePriorities) {
            $at = array_find_key($queue, static fn (array $other): bool => $other[2] < $entry[2]) ?? $at;
        } else {
            $entry[2] = self::DEFAULT_PRIORITY;
        }
        array_splice($queue, $at, 0, [$entry]);
        $this->events[$eventType] = $queue;
    }

    /**
     * What a subscriber says it listens to: a method's name, [name, priority], or a list of such pairs, for each event.
     *
     * @return iterable<array{string, string, int}> event, method, priority
     */
    private function listenersOf(Subscriber $subscriber): iterable
    {
        $events = $this->subscriberEventsCache[$subscriber::class] ??= $subscriber::getSubscribedEvents();
        foreach ($events as $event => $listeners) {
            if (is_string($listeners)) {
                $listeners = [[$listeners]];
            } elseif (is_string($listeners[0] ?? null)) {
                $listeners = [$listeners];
            } elseif (!is_array($listeners) || !is_array($listeners[0] ?? null)) {
                throw new InvalidSubscriberConfiguration($event);
            }
            foreach ($listeners as $listener) {
                yield [$event, $listener[0], $listener[1] ?? self::DEFAULT_PRIORITY];
            }
        }
    }
}
