<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

use Phalcon\Traits\Php\MsgpackTrait;

/** By the msgpack extension. */
class Msgpack extends Igbinary
{
    use MsgpackTrait;

    protected function doSerialize($value): string
    {
        return static::phpMsgpackPack($value);
    }

    protected function doUnserialize($value)
    {
        return static::phpMsgpackUnpack($value);
    }
}
