<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** The functions of ext-msgpack, each behind a method that a subclass can replace. */
trait MsgpackTrait
{
    protected static function phpMsgpackPack($value): string
    {
        return msgpack_pack($value);
    }

    protected static function phpMsgpackUnpack($value)
    {
        return msgpack_unpack($value);
    }
}
