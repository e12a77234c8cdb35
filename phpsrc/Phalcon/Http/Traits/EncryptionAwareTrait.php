<?php

declare(strict_types=1);

namespace Phalcon\Http\Traits;

/** Whether cookies are encrypted. */
trait EncryptionAwareTrait
{
    protected $useEncryption = false;

    public function isUsingEncryption(): bool
    {
        return $this->useEncryption;
    }
}
