<?php

declare(strict_types=1);

namespace Phalcon\Logger\Formatter;

use Phalcon\Logger\Item;

/** Writes an item as its format says, with the message as it is: one with line feeds becomes several lines. */
class Line extends AbstractFormatter
{
    protected $format = null;

    public function __construct(
        string $format = '[%date%][%level%] %message%',
        string $dateFormat = 'c',
        string $interpolatorLeft = '%',
        string $interpolatorRight = '%'
    ) {
        $this->format = $format;
        $this->dateFormat = $dateFormat;
        $this->interpolatorLeft = $interpolatorLeft;
        $this->interpolatorRight = $interpolatorRight;
    }

    public function format(Item $item): string
    {
        $left = $this->interpolatorLeft;
        $right = $this->interpolatorRight;

        return $this->getInterpolatedMessage($item, strtr($this->format, [
            "{$left}date$right" => $this->getFormattedDate($item),
            "{$left}level$right" => $item->getLevelName(),
            "{$left}message$right" => $item->getMessage(),
        ]));
    }

    public function getFormat(): string
    {
        return $this->format;
    }

    public function setFormat(string $format): static
    {
        $this->format = $format;

        return $this;
    }
}
