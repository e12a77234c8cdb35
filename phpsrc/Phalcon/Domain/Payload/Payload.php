<?php

declare(strict_types=1);

namespace Phalcon\Domain\Payload;

use Throwable;

/** What a domain hands to whoever answers: input, output, messages, and a status beside them (Domain\Payload\Status). */
class Payload implements PayloadInterface
{
    protected $exception = null;
    protected $extras = null;
    protected $input = null;
    protected $messages = null;
    protected $status = null;
    protected $output = null;

    public function getException(): ?Throwable
    {
        return $this->exception;
    }

    public function getExtras()
    {
        return $this->extras;
    }

    public function getInput()
    {
        return $this->input;
    }

    public function getMessages()
    {
        return $this->messages;
    }

    public function getStatus()
    {
        return $this->status;
    }

    public function getOutput()
    {
        return $this->output;
    }

    public function setException(Throwable $exception): PayloadInterface
    {
        $this->exception = $exception;

        return $this;
    }

    public function setExtras($extras): PayloadInterface
    {
        $this->extras = $extras;

        return $this;
    }

    public function setInput($input): PayloadInterface
    {
        $this->input = $input;

        return $this;
    }

    public function setMessages($messages): PayloadInterface
    {
        $this->messages = $messages;

        return $this;
    }

    public function setOutput($output): PayloadInterface
    {
        $this->output = $output;

        return $this;
    }

    public function setStatus($status): PayloadInterface
    {
        $this->status = $status;

        return $this;
    }
}
