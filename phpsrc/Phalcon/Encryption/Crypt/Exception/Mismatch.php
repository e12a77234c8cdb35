<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** A text is not what was signed, or was signed with another key. */
class Mismatch extends Exception
{
}
