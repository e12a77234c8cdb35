<?php

declare(strict_types=1);

namespace Phalcon\Flash;

/** Shows messages with the response that is being made. */
class Direct extends AbstractFlash
{
    public function message(string $type, $message): ?string
    {
        return $this->outputMessage($type, $message);
    }

    public function output(bool $remove = true): void
    {
        foreach ($this->messages as $message) {
            echo $message;
        }
        if ($remove) {
            parent::clear();
        }
    }
}
