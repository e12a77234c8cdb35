<?php

declare(strict_types=1);

namespace Phalcon\Logger\Formatter;

use Phalcon\Logger\Item;
use Phalcon\Traits\Support\Helper\Json\EncodeTrait;

/** Writes an item as a JSON object, which is one line whatever the message holds. */
class Json extends AbstractFormatter
{
    use EncodeTrait;


    public function __construct(
        string $dateFormat = 'c',
        string $interpolatorLeft = '%',
        string $interpolatorRight = '%'
    ) {
        $this->dateFormat = $dateFormat;
        $this->interpolatorLeft = $interpolatorLeft;
        $this->interpolatorRight = $interpolatorRight;
    }

    public function format(Item $item): string
    {
        return $this->toEncode(
            [
                'level' => $item->getLevelName(),
                'message' => $this->getInterpolatedMessage($item, $item->getMessage()),
                'timestamp' => $this->getFormattedDate($item),
            ],
            JSON_HEX_TAG | JSON_HEX_APOS | JSON_HEX_AMP | JSON_HEX_QUOT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR
        );
    }
}
