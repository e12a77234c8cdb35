<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Logger\Adapter;

use Phalcon\Logger\Adapter\Exceptions\SyslogOpenFailed;
use Phalcon\Logger\Enum;
use Phalcon\Logger\Item;

/** Writes to the system's log. */
class Syslog extends AbstractAdapter
{
    private const PRIORITIES = [
        Enum::ALERT => LOG_ALERT,
        Enum::CRITICAL => LOG_CRIT,
        Enum::CUSTOM => LOG_ERR,
        Enum::DEBUG => LOG_DEBUG,
        Enum::EMERGENCY => LOG_EMERG,
        Enum::ERROR => LOG_ERR,
        Enum::INFO => LOG_INFO,
        Enum::NOTICE => LOG_NOTICE,
        Enum::TRACE => LOG_DEBUG,
        Enum::WARNING => LOG_WARNING,
    ];

    protected $facility = 0;
    protected $name = '';
    protected $opened = false;
    protected $option = 0;

    /** Options are those of openlog(): facility and option. */
    public function __construct(string $name, array $options = [])
    {
        $this->name = $name;
        $this->option = $options['option'] ?? LOG_ODELAY;
        $this->facility = $options['facility'] ?? LOG_USER;
    }

    public function close(): bool
    {
        return !$this->opened || closelog();
    }

    public function process(Item $item): void
    {
        $message = $this->getFormattedItem($item);
        if (!$this->openlog($this->name, $this->option, $this->facility)) {
            throw new SyslogOpenFailed($this->name, $this->facility);
        }
        $this->opened = true;
        syslog(self::PRIORITIES[$item->getLevel()] ?? LOG_ERR, $message);
    }

    protected function openlog(string $ident, int $option, int $facility): bool
    {
        return openlog($ident, $option, $facility);
    }
}
