<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Logger\Formatter;

use Phalcon\Logger\Item;
use Phalcon\Traits\Support\Helper\Str\InterpolateTrait;

/** What formatters have in common. */
abstract class AbstractFormatter implements FormatterInterface
{
    use InterpolateTrait;

    protected $dateFormat = 'c';
    protected $interpolatorLeft = '%';
    protected $interpolatorRight = '%';

    public function getDateFormat(): string
    {
        return $this->dateFormat;
    }

    public function setDateFormat(string $format): void
    {
        $this->dateFormat = $format;
    }

    protected function getFormattedDate(Item $item): string
    {
        return $item->getDateTime()->format($this->dateFormat);
    }

    protected function getInterpolatedMessage(Item $item, string $message): string
    {
        return $this->toInterpolate($message, $item->getContext(), $this->interpolatorLeft, $this->interpolatorRight);
    }
}
