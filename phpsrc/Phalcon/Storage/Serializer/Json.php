<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

use Phalcon\Support\Helper\Json\Decode;
use Phalcon\Support\Helper\Json\Encode;

/** JSON; objects come back as stdClass. */
class Json extends AbstractSerializer
{
    private readonly Decode $decode;

    private readonly Encode $encode;

    public function __construct($data = null)
    {
        $this->encode = new Encode();
        $this->decode = new Decode();
        parent::__construct($data);
    }

    public function serialize(): mixed
    {
        return $this->isSerializable($this->data) ? ($this->encode)($this->data) : $this->data;
    }

    /** @throws \InvalidArgumentException when it is no JSON */
    public function unserialize($data): void
    {
        $this->data = $this->isSerializable($data) ? ($this->decode)($data) : $data;
    }
}
