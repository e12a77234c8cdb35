<?php

declare(strict_types=1);

namespace Phalcon\Html\Link\Interfaces;

/** A link of which changed copies can be made: PSR-13. */
interface EvolvableLinkInterface extends LinkInterface
{
    public function withAttribute(string $attribute, string $value): EvolvableLinkInterface;

    public function withHref(string $href): EvolvableLinkInterface;

    public function withRel(string $rel): EvolvableLinkInterface;

    public function withoutAttribute(string $attribute): EvolvableLinkInterface;

    public function withoutRel(string $rel): EvolvableLinkInterface;
}
