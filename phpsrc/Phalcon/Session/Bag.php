<?php

declare(strict_types=1);

namespace Phalcon\Session;

use Phalanx\Phalcon\Session\FollowsMessage;
use Phalcon\Di\DiInterface;
use Phalcon\Di\InjectionAwareInterface;
use Phalcon\Support\Collection;
use TypeError;

/**
 * Values that are kept in the session under one name: read when the bag is made, written with each change. A bag that
 * is used in another message than before reads them anew, from the session of that message's visitor.
 */
class Bag extends Collection implements InjectionAwareInterface, BagInterface
{
    use FollowsMessage;

    private ?DiInterface $container = null;

    /** Null in a copy that was unserialised: it belongs to no session. */
    private ?ManagerInterface $session = null;

    public function __construct(ManagerInterface $session, private string $name)
    {
        if (method_exists($session, 'getDI')) {
            try {
                $this->container = $session->getDI();
            } catch (TypeError) {
                // It has none, which getDI() cannot answer.
            }
        }
        parent::__construct();
        $this->session = $session;
        $this->enter();
        $session->set($name, $this->data);
    }

    public function clear(): void
    {
        $this->follow();
        parent::clear();
        $this->session?->remove($this->name);
    }

    public function getDI(): DiInterface
    {
        return $this->container;
    }

    public function init(array $data = []): void
    {
        $this->follow();
        parent::init($data);
        $this->session?->set($this->name, $data);
    }

    public function remove(string $element): void
    {
        $this->follow();
        parent::remove($element);
        $this->session?->set($this->name, $this->data);
    }

    public function set(string $element, $value): void
    {
        $this->follow();
        parent::set($element, $value);
        $this->session?->set($this->name, $this->data);
    }

    public function setDI(DiInterface $container): void
    {
        $this->container = $container;
    }

    /** The session's values, in place of those that are here. */
    private function load(): void
    {
        $this->data = $this->lowerKeys = [];
        $data = $this->session->get($this->name);
        parent::init(is_array($data) ? $data : []);
    }
}
