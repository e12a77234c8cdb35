<?php

declare(strict_types=1);

namespace Workerman\Crontab;

use Workerman\Timer;

/**
 * A callback at the times of a rule, in the worker that makes it: Phalanx\Cron runs a job in one of all workers.
 * Source: Workerman\Crontab\Crontab 1.0.7.
 */
class Crontab
{
    // phpcs:disable PSR2.Classes.PropertyDeclaration.Underscore -- upstream's names, which subclasses use

    /** @var string */
    protected $_rule;

    /** @var callable */
    protected $_callback;

    /** @var string */
    protected $_name;

    /** @var int */
    protected $_id;

    /** @var array<int, static> */
    protected static $_instances = [];

    private static int $lastId = 0;

    private static bool $started = false;

    /**
     * @param string $rule five fields, or six with seconds first
     * @param callable $callback
     * @param string $name
     */
    public function __construct($rule, $callback, $name = '')
    {
        $this->_rule = $rule;
        $this->_callback = $callback;
        $this->_name = $name;
        $this->_id = static::createId();
        static::$_instances[$this->_id] = $this;
        static::tryInit();
    }

    /** @return string */
    public function getRule()
    {
        return $this->_rule;
    }

    /** @return callable */
    public function getCallback()
    {
        return $this->_callback;
    }

    /** @return string */
    public function getName()
    {
        return $this->_name;
    }

    /** @return int */
    public function getId()
    {
        return $this->_id;
    }

    /** @return bool false when it has been removed before */
    public function destroy()
    {
        return static::remove($this->_id);
    }

    /** @return array<int, static> by their ids */
    public static function getAll()
    {
        return static::$_instances;
    }

    /**
     * Runs that are due within the present minute still come.
     *
     * @param self|int $id
     * @return bool false when there is none
     */
    public static function remove($id)
    {
        $id = $id instanceof self ? $id->getId() : $id;
        $known = isset(static::$_instances[$id]);
        unset(static::$_instances[$id]);
        return $known;
    }

    /** @return int */
    protected static function createId()
    {
        return ++self::$lastId;
    }

    /** Begins with the next full minute. */
    protected static function tryInit()
    {
        if (self::$started) {
            return;
        }
        self::$started = true;
        $into = \time() % 60;
        Timer::add($into === 0 ? 0.00001 : 60 - $into, static::minute(...), [], false);
    }

    /** Sets a timer for each run of the minute that begins. */
    private static function minute(): void
    {
        Timer::add(60 - \time() % 60, static::minute(...), [], false);
        $parser = new Parser();
        foreach (static::$_instances as $crontab) {
            $callback = $crontab->getCallback();
            if (!$callback || !$crontab->getRule()) {
                continue;
            }
            $times = $parser->parse($crontab->getRule());
            $now = \time();
            foreach ($times as $time) {
                Timer::add(\max($time - $now, 0.000001), $callback, [], false);
            }
        }
    }
}
