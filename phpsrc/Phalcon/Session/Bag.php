<?php

declare(strict_types=1);

namespace Phalcon\Session;

use Phalcon\Di\DiInterface;
use Phalcon\Di\InjectionAwareInterface;
use Phalcon\Support\Collection;
use TypeError;

/** Values that are kept in the session under one name: read when the bag is made, written with each change. */
class Bag extends Collection implements InjectionAwareInterface, BagInterface
{
    private ?DiInterface $container = null;

    public function __construct(private ManagerInterface $session, private string $name)
    {
        if (method_exists($session, 'getDI')) {
            try {
                $this->container = $session->getDI();
            } catch (TypeError) {
                // It has none, which getDI() cannot answer.
            }
        }
        $data = $session->get($name);
        parent::__construct(is_array($data) ? $data : []);
    }

    public function clear(): void
    {
        parent::clear();
        $this->session->remove($this->name);
    }

    public function getDI(): DiInterface
    {
        return $this->container;
    }

    public function init(array $data = []): void
    {
        parent::init($data);
        $this->session->set($this->name, $data);
    }

    public function remove(string $element): void
    {
        parent::remove($element);
        $this->session->set($this->name, $this->data);
    }

    public function set(string $element, $value): void
    {
        parent::set($element, $value);
        $this->session->set($this->name, $this->data);
    }

    public function setDI(DiInterface $container): void
    {
        $this->container = $container;
    }
}
